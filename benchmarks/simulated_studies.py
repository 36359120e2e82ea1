"""Studies drawn from a known truth, many at once, and judged as the workflow judges one.

The intervals, the levels and the verdicts on contrasts are the project's functions, which take
arrays. What is repeated here, for arrays, is the order in which looks decide contrasts and claims
(judging.judge, rule.claim_verdict and judging.still_needed); a test holds the two
against each other, study by study.
"""

from collections.abc import Callable, Sequence

import numpy as np
from normstudy.statistics.contrasts import difference, interval, size_interval
from normstudy.statistics.verdicts.looks import equivalence_level, interval_levels
from normstudy.statistics.verdicts.rule import HOLDING, Verdict, contrast_verdict

SIGMA = 0.06  # of one run, in points: what MNIST's test accuracies show
MARGIN = 0.05
RESOLUTION = 0.01  # points, one of 10,000 test images
SETTINGS = {"margin": MARGIN, "loss_margin": MARGIN, "confidence": 0.95}
CLAIMS = 6  # at most; each is about a measure of its own, drawn independently: the worst case
VARIANTS = 6  # claim j says that variant j is ahead of the rivals that come after it, in a circle
FAILS = 0.1  # of the runs of the failing variant
FALL = 1.0  # points that a failed run is below the others

LOG_SPREAD = 0.5  # standard deviation of the logarithm of lognormal runs: their skewness is 1.75

Draw = Callable[[np.random.Generator, tuple[int, ...]], np.ndarray]


def normal(random: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return random.standard_normal(shape)


def left_skewed(random: np.random.Generator, drawn: np.ndarray) -> np.ndarray:
    """1 − Exp(1) in place of what was drawn."""
    return 1 - random.standard_exponential(drawn.shape)


def lognormal(random: np.random.Generator, drawn: np.ndarray) -> np.ndarray:
    """Lognormal, from normal values, right-skewed: mean 0, standard deviation 1."""
    values = np.exp(LOG_SPREAD * drawn - LOG_SPREAD**2 / 2)
    return (values - 1) / np.sqrt(np.exp(LOG_SPREAD**2) - 1)


def claimed(change: Callable, rival_spread: float = 1) -> Draw:
    """Normal runs, of which in each measure those of the claimed variant are changed."""

    def draw(random: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
        drawn = rival_spread * normal(random, shape)
        for claim in range(shape[1]):
            drawn[:, claim, claim] = change(random, drawn[:, claim, claim])
        return drawn

    return draw


def one_left_skewed(random: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    drawn = normal(random, shape)
    drawn[:, :, 0] = left_skewed(random, drawn[:, :, 0])
    return drawn


def one_failing(random: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """One variant fails in a tenth of its runs; its mean, these included, is 0."""
    drawn = normal(random, shape)
    failed = random.random((shape[0], 1, shape[3])) < FAILS  # a run fails in every measure
    drawn[:, :, 0] += (FAILS - failed) * FALL / SIGMA
    return drawn


def unequal_spread(random: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """The variants' standard deviations are 1, 1/3, 3, 1, 1/3 and 3."""
    return normal(random, shape) * np.resize([1, 1 / 3, 3], shape[2])[:, None]


def correlated_seeds(random: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Half of a run's variance is its seed's, the same for all variants."""
    common = normal(random, (*shape[:2], 1, shape[3]))
    return np.sqrt(0.5) * (common + normal(random, shape))


# What the simulations call it → how runs are drawn, each with mean 0 and, by default, spread 1
DISTRIBUTIONS: dict[str, Draw] = {
    "normal": normal,
    "heavy-tailed (t with 3 degrees of freedom)": lambda random, shape: (
        random.standard_t(3, shape) / np.sqrt(3)
    ),
    "unequal spread (1 : 3 : 9)": unequal_spread,
    "correlated seeds (0.5)": correlated_seeds,
    "one variant left-skewed (1 − Exp)": one_left_skewed,
    "every claimed variant left-skewed (1 − Exp)": claimed(left_skewed),
    "every claimed variant lognormal": claimed(lognormal),
    "every claimed variant left-skewed, rivals without spread": claimed(left_skewed, 0),
    "one variant fails in a tenth of its runs": one_failing,
}


def rivals_of(claims: int, rivals: int) -> np.ndarray:
    """The numbers of each claim's rivals: (claims, rivals)."""
    return (np.arange(claims)[:, None] + np.arange(1, rivals + 1)) % VARIANTS


def draw_runs(
    draw: Draw, ahead: float, studies: int, seeds: int, random: np.random.Generator
) -> np.ndarray:
    """Final figures of every run in points: (studies, CLAIMS, VARIANTS, seeds).

    Args:
        ahead: how far a claim's variant is ahead of the others in the mean of its measure.
    """
    runs = SIGMA * draw(random, (studies, CLAIMS, VARIANTS, seeds))
    claim = np.arange(CLAIMS)
    runs[:, claim, claim] += ahead
    return np.round(runs / RESOLUTION) * RESOLUTION


def paired_differences(runs: np.ndarray) -> np.ndarray:
    """A claim's variant − its rival, by seed: (studies, CLAIMS, VARIANTS − 1, seeds)."""
    claim = np.arange(CLAIMS)[:, None]
    return difference(runs[:, claim, claim], runs[:, claim, rivals_of(CLAIMS, VARIANTS - 1)])


def verdicts(differences: np.ndarray, level: float) -> np.ndarray:
    """The verdicts on contrasts of paired differences (…, seeds).

    Args:
        level: 1 − a.
    """
    outer = interval(differences, level, RESOLUTION)
    inner = interval(differences, equivalence_level(level), RESOLUTION)
    return contrast_verdict(*outer, *inner, MARGIN)


def verdicts_on_sizes(means, spreads, studies: int, seeds: int, random) -> np.ndarray:
    """The verdicts, (studies,), on the one claim that a variant's mean gap is smaller in size.

    Args:
        means, spreads: of the gaps of the variant and of its rival, in points.
    """
    drawn = random.standard_normal((2, studies, seeds))
    first, second = (
        np.round((mean + spread * own) / RESOLUTION) * RESOLUTION
        for mean, spread, own in zip(means, spreads, drawn, strict=True)
    )
    (level,) = interval_levels(SETTINGS, (seeds,), 1)
    ends = [
        -end
        for own in (level, equivalence_level(level))
        for end in size_interval(
            difference(first, second), difference(first, -second), own, RESOLUTION
        )[::-1]
    ]
    return contrast_verdict(*ends, MARGIN)


def judge_look_by_look(
    differences: np.ndarray, looks: Sequence[int], levels: Sequence[float]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Judge studies of (studies, claims, rivals, seeds) at the looks; a verdict stands.

    Args:
        levels: 1 − a of each look.

    Returns:
        The verdicts, (studies, claims, rivals); whether a claim is decided by a look, (looks,
        studies, claims); and the seeds of each variant with `seeds: until decided`, (studies,
        VARIANTS), 0 of one that no claim is about.
    """
    studies, claims, rivals, _ = differences.shape
    standing = np.full((studies, claims, rivals), "", dtype="<U40")
    undecided = np.ones((studies, claims, rivals), bool)  # contrasts that are still judged
    seeds = np.zeros((studies, VARIANTS), int)
    # Which variants a contrast needs: (claims, rivals, VARIANTS)
    needs = np.eye(VARIANTS, dtype=bool)[rivals_of(claims, rivals)]
    needs[np.arange(claims), :, np.arange(claims)] = True
    seeds[:, needs.any(axis=(0, 1))] = looks[0]
    decided = []
    for number, (look, level) in enumerate(zip(looks, levels, strict=True)):
        found = verdicts(differences[..., :look], level)
        standing = np.where(undecided, found, standing)
        lost = np.isin(standing, (Verdict.CONTRADICTED, Verdict.NO_DIFFERENCE))
        won = np.isin(standing, HOLDING)
        done = lost.any(axis=2) | won.all(axis=2)
        decided.append(done)
        undecided &= ~(lost | won) & ~done[:, :, None]
        if number + 1 < len(looks):
            goes_on = np.tensordot(undecided.astype(int), needs.astype(int), 2) > 0
            seeds[goes_on] = looks[number + 1]
    return standing, np.array(decided), seeds
