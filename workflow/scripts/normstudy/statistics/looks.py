"""At which numbers of seeds the verdicts are read, and what share of alpha each look has.

Whoever reads verdicts, adds seeds and reads again has several chances to be wrong. So the looks
are stated in advance (`verdicts.looks`) and alpha is divided among them, as Bonferroni divides it
among contrasts: whatever looks are taken, all their intervals together cover with confidence
1 − alpha. Without stated looks there is one: at the number of seeds.
"""

import numpy as np


def alpha_shares(count: int) -> np.ndarray:
    """The share of alpha of each of `count` looks: (count,), growing, with sum 1.

    The k-th look has a share proportional to 1 + 2 + … + k: 1; 1/4, 3/4; 0.1, 0.3, 0.6; and so
    on. Most of alpha is left for the last look, which has most of the seeds, so that planning
    to look earlier costs little precision there.
    """
    order = np.arange(1, count + 1)
    weights = order * (order + 1) / 2
    return weights / weights.sum()


def planned_looks(settings: dict, seeds: int) -> tuple[int, ...]:
    """The numbers of seeds at which verdicts are read, growing.

    Args:
        settings: config["verdicts"].
        seeds: of the study; the only look where the config states none.
    """
    return tuple(settings.get("looks") or (seeds,))


def next_look(looks: tuple[int, ...], seeds: int) -> int | None:
    """The first planned look beyond so many seeds, or None."""
    return next((look for look in looks if look > seeds), None)


def interval_levels(settings: dict, looks: tuple[int, ...], contrasts: int) -> np.ndarray:
    """The level of each interval at each look, (looks,): 1 − alpha · share / contrasts."""
    alpha = 1 - settings["confidence"]
    return 1 - alpha * alpha_shares(len(looks)) / contrasts
