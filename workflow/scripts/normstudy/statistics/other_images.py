"""The interval of a difference in test accuracy for other seeds and other test images.

The interval over seeds is about these test images: other networks, same images. Who wants to know
what other images would give has a second source of chance, the choice of the images. Seeds and
images are crossed (every network sees every image), which is a two-way layout with random rows
and columns (Searle, Casella & McCulloch 1992, "Variance Components", chapter 4; Owen 2007, "The
pigeonhole bootstrap").
"""

import math

import numpy as np
import scipy


def crossed_interval(
    right: np.ndarray, rival_right: np.ndarray, level: float, resolution: float = 0
) -> tuple[float, float]:
    """The interval of the mean difference in accuracy, in points, over other seeds and images.

    With x[s, i] the difference of correctness (−1, 0 or 1) for seed s and image i,

        x[s, i] = mean + seed_s + image_i + rest_si,
        Var(grand mean) = σ²_seed/n + σ²_image/N + σ²_rest/(nN)
                        = (MS_seed + MS_image − MS_rest)/(nN)

    by the mean squares of the two-way analysis of variance. The first term is that of the paired
    t-interval; what the images add is not taken below 0. Degrees of freedom by Satterthwaite; with
    few seeds these can be so many that the interval would be the narrower for a second source of
    chance: it is at least as wide as the paired one.

    Args:
        right, rival_right: (n, N) booleans, whether the network of seed s has image i right.
        level: of the interval.
        resolution: the least spread that the difference is taken to have over seeds, in points.

    Returns:
        NaN with one seed.
    """
    count, images = right.shape
    if count < 2 or images < 2:
        return math.nan, math.nan
    wins, losses = right & ~rival_right, rival_right & ~right
    by_seed = wins.mean(axis=1) - losses.mean(axis=1)
    by_image = wins.mean(axis=0) - losses.mean(axis=0)
    mean = by_seed.mean()
    between_seeds = images * ((by_seed - mean) ** 2).sum()
    between_images = count * ((by_image - mean) ** 2).sum()
    total = (wins | losses).sum() - count * images * mean**2
    seed_freedom, image_freedom = count - 1, images - 1
    rest_freedom = seed_freedom * image_freedom
    rest = max(total - between_seeds - between_images, 0) / rest_freedom
    seed_square = max(between_seeds / seed_freedom, images * (resolution / 100) ** 2)
    image_square = max(between_images / image_freedom, rest)
    variance = seed_square + image_square - rest
    if variance == 0:
        return 100 * mean, 100 * mean
    spent = seed_square**2 / seed_freedom
    if image_square > rest:
        spent += image_square**2 / image_freedom + rest**2 / rest_freedom
    freedom = variance**2 / spent
    quantiles = scipy.stats.t.ppf((1 + level) / 2, [freedom, seed_freedom])
    half = max(quantiles * np.sqrt(np.array([variance, seed_square]) / (count * images)))
    return 100 * (mean - half), 100 * (mean + half)
