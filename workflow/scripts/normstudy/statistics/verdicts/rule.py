"""The verdicts, and the rule that reads them off an interval."""

from collections.abc import Sequence
from enum import StrEnum

import numpy as np


class Verdict(StrEnum):
    """What may be said of a claim, or of a contrast, in the words of every table and sentence."""

    HOLDS = "holds"
    TOO_SMALL = "holds, but too small to matter"
    NO_DIFFERENCE = "no difference that matters"
    CONTRADICTED = "contradicted"
    UNDECIDED = "undecided"
    NOT_YET = "not judged yet"  # before the first look
    ONE_RUN = "one run cannot tell"


HOLDING = (Verdict.HOLDS, Verdict.TOO_SMALL)
DECIDED = (*HOLDING, Verdict.NO_DIFFERENCE, Verdict.CONTRADICTED)
UNJUDGED = (Verdict.NOT_YET, Verdict.ONE_RUN)


def contrast_verdict(low, high, limit):
    """The verdict on a contrast, or on an array of them.

    Args:
        low, high: its interval, turned so that positive is where the claim holds.
        limit: the margin.
    """
    low, high = np.asarray(low), np.asarray(high)
    inside = (low > -limit) & (high < limit)
    found = np.select(
        [(low > 0) & inside, low > 0, inside, high < 0],
        [Verdict.TOO_SMALL, Verdict.HOLDS, Verdict.NO_DIFFERENCE, Verdict.CONTRADICTED],
        Verdict.UNDECIDED,
    )
    return found if found.ndim else found.item()


def claim_verdict(verdicts: Sequence[str]) -> str:
    """The verdict on a claim, from those on all its contrasts."""
    order = (*UNJUDGED, Verdict.CONTRADICTED, Verdict.NO_DIFFERENCE, Verdict.UNDECIDED)
    for verdict in (*order, Verdict.TOO_SMALL):
        if verdict in verdicts:
            return verdict
    return Verdict.HOLDS
