"""Studies drawn from a known truth, many at once, and judged as the workflow judges one.

The intervals, the levels and the verdicts on contrasts are the project's own functions, which take
arrays. What is here again, for arrays, is the order in which looks decide contrasts and claims
(judging.judged_looks, rule.claim_verdict and judging.still_needed); a test holds the two
against each other, study by study.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from normstudy.statistics.contrasts import deviation, difference, interval
from normstudy.statistics.verdicts.looks import interval_levels
from normstudy.statistics.verdicts.rule import HOLDING, Verdict, contrast_verdict
from scipy import stats

SIGMA = 0.06  # of one run, in points: what MNIST's test accuracies show
MARGIN = 0.05
RESOLUTION = 0.01  # points, one of 10,000 test images
SETTINGS = {"margin": MARGIN, "loss_margin": MARGIN, "confidence": 0.95}
CLAIMS = 6  # at most; each is about a measure of its own, drawn independently: the worst case
VARIANTS = 6  # claim j says that variant j is ahead of the rivals that come after it, in a circle
FAILS = 0.1  # of the runs of the failing variant
FALL = 1.0  # points that a failed run is below the others

FAILING = "one variant fails in a tenth of its runs"
EVERY_CLAIM_SKEWED = "every claimed variant left-skewed (1 − Exp)"

Draw = Callable[[np.random.Generator, tuple[int, ...]], np.ndarray]


def normal(random: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return random.standard_normal(shape)


def heavy_tailed(random: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Student's t with three degrees of freedom, scaled to standard deviation 1."""
    return random.standard_t(3, shape) / np.sqrt(3)


def one_left_skewed(random: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """One variant is 1 − Exp(1), the others are normal."""
    drawn = normal(random, shape)
    drawn[:, :, 0] = 1 - random.standard_exponential(drawn[:, :, 0].shape)
    return drawn


def claimed_left_skewed(random: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """In each measure the variant that its claim is about is 1 − Exp(1)."""
    drawn = normal(random, shape)
    for claim in range(shape[1]):
        drawn[:, claim, claim] = 1 - random.standard_exponential((shape[0], shape[3]))
    return drawn


def one_failing(random: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """One variant fails in a tenth of its runs; its mean, these included, is 0."""
    drawn = normal(random, shape)
    failed = random.random((shape[0], 1, shape[3])) < FAILS  # a run fails in every measure
    drawn[:, :, 0] += (FAILS - failed) * FALL / SIGMA
    return drawn


def unequal_spread(random: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """The variants' standard deviations are 1, 1/3, 3, 1, 1/3 and 3."""
    spread = np.resize([1, 1 / 3, 3], shape[2])
    return normal(random, shape) * spread[:, None]


def correlated_seeds(random: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Half of a run's variance is its seed's, the same for all variants."""
    common = normal(random, (*shape[:2], 1, shape[3]))
    return np.sqrt(0.5) * (common + normal(random, shape))


# What the simulations call it → how runs are drawn, each with mean 0
DISTRIBUTIONS: dict[str, Draw] = {
    "normal": normal,
    "heavy-tailed (t with 3 degrees of freedom)": heavy_tailed,
    "one variant left-skewed (1 − Exp)": one_left_skewed,
    "unequal spread (1 : 3 : 9)": unequal_spread,
    "correlated seeds (0.5)": correlated_seeds,
    FAILING: one_failing,
    EVERY_CLAIM_SKEWED: claimed_left_skewed,
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


def interval_for_skewed(
    differences: np.ndarray, level: np.ndarray, resolution: float
) -> tuple[np.ndarray, np.ndarray]:
    """Like `contrasts.interval`, corrected for skewness: Hall's monotone transformation of t.

    Hall (1992), "On the removal of skewness by transformation", J. R. Stat. Soc. B 54, 221-228.
    """
    count, mean = differences.shape[-1], differences.mean(axis=-1)
    spread = deviation(differences, resolution)
    skewness = ((differences - mean[..., None]) ** 3).mean(axis=-1) / spread**3
    skewness = np.where(np.abs(skewness) < 1e-6, 1e-6, skewness)
    quantile = stats.t.ppf((1 + level) / 2, count - 1) / np.sqrt(count)
    high, low = (
        spread * 3 / skewness * (np.cbrt(1 + skewness * (q - skewness / 6 / count)) - 1)
        for q in (-quantile, quantile)
    )
    return mean - low, mean - high


def verdicts_at_one_look(
    differences: np.ndarray, families: Sequence[tuple[int, int]], method: Callable = interval
):
    """The verdicts on all contrasts, for each family of claims × rivals.

    Args:
        differences: (studies, CLAIMS, VARIANTS − 1, seeds).
        method: what computes the intervals; left out, the project's.

    Yields:
        claims, rivals, and their verdicts, (studies, claims, rivals).
    """
    levels = np.array(
        [interval_levels(SETTINGS, (differences.shape[-1],), c * r)[0] for c, r in families]
    )
    low, high = method(differences[..., None, :], levels, RESOLUTION)
    for number, (claims, rivals) in enumerate(families):
        own = (slice(None), slice(claims), slice(rivals), number)
        yield claims, rivals, contrast_verdict(low[own], high[own], MARGIN)


@dataclass(frozen=True)
class Judged:
    """Many studies after their last look.

    Attributes:
        verdicts: (studies, claims, rivals).
        claims_decided: (looks, studies, claims), whether by that look.
        seeds: (studies, VARIANTS), of each variant with `seeds: until decided`; 0 of one that
            no claim is about.
    """

    verdicts: np.ndarray
    claims_decided: np.ndarray
    seeds: np.ndarray


def judge_look_by_look(
    differences: np.ndarray, looks: Sequence[int], levels: Sequence[float] | None = None
) -> Judged:
    """Judge studies of (studies, claims, rivals, seeds) at the looks; a verdict stands.

    Args:
        levels: of the intervals at each look; left out, the project's.
    """
    studies, claims, rivals, _ = differences.shape
    if levels is None:
        levels = interval_levels(SETTINGS, tuple(looks), claims * rivals)
    verdicts = np.full((studies, claims, rivals), "", dtype="<U40")
    undecided = np.ones((studies, claims, rivals), bool)  # contrasts that are still judged
    seeds = np.zeros((studies, VARIANTS), int)
    # Which variants a contrast needs: (claims, rivals, VARIANTS)
    needs = np.eye(VARIANTS, dtype=bool)[rivals_of(claims, rivals)]
    needs[np.arange(claims), :, np.arange(claims)] = True
    seeds[:, needs.any(axis=(0, 1))] = looks[0]
    decided = []
    for number, (look, level) in enumerate(zip(looks, levels, strict=True)):
        low, high = interval(differences[..., :look], level, RESOLUTION)
        found = contrast_verdict(low, high, MARGIN)
        verdicts = np.where(undecided, found, verdicts)
        lost = np.isin(verdicts, (Verdict.CONTRADICTED, Verdict.NO_DIFFERENCE))
        won = np.isin(verdicts, HOLDING)
        done = lost.any(axis=2) | won.all(axis=2)
        decided.append(done)
        undecided &= ~(lost | won) & ~done[:, :, None]
        if number + 1 < len(looks):
            goes_on = np.tensordot(undecided.astype(int), needs.astype(int), 2) > 0
            seeds[goes_on] = looks[number + 1]
    return Judged(verdicts, np.array(decided), seeds)
