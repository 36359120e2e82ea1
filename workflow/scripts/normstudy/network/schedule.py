"""The one-cycle schedule of learning rate and momentum."""

import numpy as np

from .portable import cospi

WARM_UP = 0.3  # share of the steps in which the rate rises
START, END = 25, 1e4  # the rate starts at peak/25 and ends at a ten-thousandth of that


def one_cycle(recipe: dict, steps_per_epoch: int) -> tuple[np.ndarray, np.ndarray]:
    """Learning rate and momentum of every step of a run, both float64 (steps,).

    The rate rises from max_lr / 25 to max_lr and falls to max_lr / 250,000; the momentum falls
    from max_momentum to base_momentum and rises again; each along half a cosine. That is PyTorch's
    OneCycleLR with its defaults (after Smith & Topin 2018, "Super-Convergence"), whose cosine is
    the C library's.
    """
    total, peak = recipe["epochs"] * steps_per_epoch, recipe["max_lr"]
    low, high = recipe["base_momentum"], recipe["max_momentum"]
    turn = WARM_UP * total - 1  # the step at which the rate is highest; no whole number
    rates, momenta = np.empty(total), np.empty(total)
    for step in range(total):
        if step <= turn:
            share = step / turn
            rates[step] = between(peak / START, peak, share)
            momenta[step] = between(high, low, share)
        else:
            share = (step - turn) / (total - 1 - turn)
            rates[step] = between(peak, peak / START / END, share)
            momenta[step] = between(low, high, share)
    return rates, momenta


def between(first: float, last: float, share: float) -> float:
    """A value that goes from `first` to `last` along half a cosine, at a share of the way."""
    return last + (first - last) / 2 * (cospi(share) + 1)
