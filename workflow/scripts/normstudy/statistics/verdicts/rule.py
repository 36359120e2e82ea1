"""The verdicts, and the rule that reads them off two intervals."""

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


def contrast_verdict(low, high, inner_low, inner_high, limit):
    """The verdict on a contrast, or on an array of them.

    A difference can be stated on either side of 0, so it needs the wider interval; that there is
    none that matters is two one-sided tests, which the narrower one makes (Schuirmann 1987).

    Args:
        low, high: its interval of level 1 − a, turned so that positive is where the claim holds.
        inner_low, inner_high: its interval of level 1 − 2a, turned likewise.
        limit: the margin.
    """
    low, high, inner_low, inner_high = map(np.asarray, (low, high, inner_low, inner_high))
    small = (inner_low > -limit) & (inner_high < limit)
    verdicts = np.select(
        [(low > 0) & small, low > 0, small, high < 0],
        [Verdict.TOO_SMALL, Verdict.HOLDS, Verdict.NO_DIFFERENCE, Verdict.CONTRADICTED],
        Verdict.UNDECIDED,
    )
    return verdicts if verdicts.ndim else verdicts.item()


def claim_verdict(verdicts: Sequence[str]) -> str:
    """The verdict on a claim, from those on all its contrasts."""
    order = (*UNJUDGED, Verdict.CONTRADICTED, Verdict.NO_DIFFERENCE, Verdict.UNDECIDED)
    for verdict in (*order, Verdict.TOO_SMALL):
        if verdict in verdicts:
            return verdict
    return Verdict.HOLDS
