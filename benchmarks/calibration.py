"""How often the verdicts are wrong, of every kind, and what `until decided` saves, by simulation.

    make calibration

Studies are drawn from known truths and judged by the project's functions (simulated_studies.py),
in parallel. Writes docs/calibration.md, and every cell of its grid to docs/calibration.csv; the
same seed gives the same tables, on any number of cores.
"""

import argparse
import math
import os
import resource
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from normstudy.statistics.contrasts import interval
from normstudy.statistics.verdicts.looks import interval_levels
from normstudy.statistics.verdicts.rule import DECIDED, Verdict

from benchmarks.simulated_studies import (
    DISTRIBUTIONS,
    EVERY_CLAIM_SKEWED,
    FAILING,
    FALL,
    MARGIN,
    SETTINGS,
    SIGMA,
    VARIANTS,
    draw_runs,
    interval_for_skewed,
    judge_look_by_look,
    paired_differences,
    verdicts_at_one_look,
)

DOCS = Path(__file__).resolve().parent.parent / "docs"
SEED = 20
CHUNK = 1000  # studies drawn at a time: 17 MB a thousand
TRUTHS = (-1, 0, 1, 1.5)  # how far the claimed variant is ahead, in margins
SEEDS = (2, 3, 5, 8, 10, 16, 30, 60)
FAMILIES = tuple(product((1, 3, 6), (1, 2, 5)))  # numbers of claims, of rivals of each
LOOKS = (10, 30, 60)
FEW = 10  # seeds, of which the page tells what a correction for skewness does
FAR = 3  # margins: a truth for the table of what `until decided` saves, beside 0, 1 and 1.5
NORMAL, *_ = DISTRIBUTIONS
TABLED = [name for name in DISTRIBUTIONS if name != EVERY_CLAIM_SKEWED]
ANY = "any"
ONCE, CORRECTED = "one look", "one look, corrected for skewness"
STATED, UNDIVIDED = "looks", "looks, alpha not divided"
ALLOWED = 0.05
CELL = ["distribution", "ahead", "claims", "rivals", "plan", "seeds"]


def wrong_verdicts(ahead: float) -> tuple[str, ...]:
    """The verdicts that are wrong if the claimed variant is so many margins ahead.

    A difference of just the margin is one that matters. *Undecided* is never wrong.
    """
    if ahead <= -1:
        return Verdict.HOLDS, Verdict.TOO_SMALL, Verdict.NO_DIFFERENCE
    if ahead == 0:
        return Verdict.HOLDS, Verdict.TOO_SMALL, Verdict.CONTRADICTED
    return Verdict.TOO_SMALL, Verdict.NO_DIFFERENCE, Verdict.CONTRADICTED


def count_wrong(verdicts: np.ndarray, ahead: float) -> dict[str, int]:
    """Wrong verdicts, by kind and of any: contrasts that have one, and studies with such."""
    wrong = {kind: verdicts == kind for kind in wrong_verdicts(ahead)}
    wrong[ANY] = np.logical_or.reduce(list(wrong.values()))
    counts = {"studies": len(verdicts), "contrasts": verdicts.size}
    for kind, where in wrong.items():
        counts[f"contrasts: {kind}"] = int(where.sum())
        counts[f"studies: {kind}"] = int(where.any(axis=(1, 2)).sum())
    return counts


def look_by_look(differences: np.ndarray, cell: dict, ahead: float) -> list[dict]:
    """Counts of studies judged at three looks: as stated in advance, and as if each were alone."""
    claims, rivals = differences.shape[1:3]
    alone = [float(interval_levels(SETTINGS, (n,), claims * rivals)[0]) for n in LOOKS]
    rows = []
    for plan, levels in ((STATED, None), (UNDIVIDED, alone)):
        judged = judge_look_by_look(differences, LOOKS, levels)
        row = cell | {"plan": plan, "seeds": LOOKS[-1]} | count_wrong(judged.verdicts, ahead)
        row["runs"] = int(judged.seeds.sum())
        for look, decided in zip(LOOKS, judged.claims_decided, strict=True):
            row[f"claims decided at {look}"] = int(decided.sum())
        rows.append(row)
    return rows


def simulate(task: tuple[int, float, int, int]) -> list[dict]:
    """The counts of one chunk of studies, a row per cell of the grid.

    Args:
        task: number of the distribution, margins ahead, number of the chunk, studies.
    """
    number, ahead, chunk, studies = task
    name, draw = list(DISTRIBUTIONS.items())[number]
    random = np.random.default_rng([SEED, number, round(2 * ahead) + 100, chunk])
    differences = paired_differences(draw_runs(draw, ahead * MARGIN, studies, SEEDS[-1], random))
    cell, rows = {"distribution": name, "ahead": ahead}, []
    methods = {ONCE: interval}
    if name == EVERY_CLAIM_SKEWED:
        methods[CORRECTED] = interval_for_skewed
    for (plan, method), seeds in product(methods.items(), SEEDS if ahead in TRUTHS else ()):
        taken = differences[..., :seeds]
        for claims, rivals, verdicts in verdicts_at_one_look(taken, FAMILIES, method):
            own = cell | {"claims": claims, "rivals": rivals, "plan": plan, "seeds": seeds}
            rows.append(own | count_wrong(verdicts, ahead))
    for claims, rivals in FAMILIES:
        own = cell | {"claims": claims, "rivals": rivals}
        rows += look_by_look(differences[:, :claims, :rivals], own, ahead)
    return rows


def simulated(studies: int, processes: int) -> pd.DataFrame:
    """The whole grid: a row per cell, numbers of studies, contrasts and wrong verdicts."""
    sizes = [CHUNK] * (studies // CHUNK) + [studies % CHUNK] * (studies % CHUNK > 0)
    cells = [*product(range(len(DISTRIBUTIONS)), TRUTHS), (0, FAR)]
    tasks = [(*cell, n, size) for cell in cells for n, size in enumerate(sizes)]
    with ProcessPoolExecutor(processes) as pool:
        rows = [row for found in pool.map(simulate, tasks) for row in found]
    table = pd.DataFrame(rows).groupby(CELL, sort=False, as_index=False).sum(min_count=1)
    counts = [column for column in table if column not in [*CELL[:2], "plan"]]
    return table.astype(dict.fromkeys(counts, "Int64"))


def shares(table: pd.DataFrame, of: str, kind: str) -> pd.Series:
    """The share of contrasts or studies with a wrong verdict of the kind, by cell."""
    return (table[f"{of}: {kind}"] / table[of]).astype(float)


def listed(numbers: Sequence[float]) -> str:
    *first, last = (f"{number:g}" for number in numbers)
    return f"{', '.join(first)} or {last}"


def percent(share: float) -> str:
    return f"{100 * share:.1f}"


def markdown(rows: list[dict]) -> str:
    heads = list(rows[0])
    lines = ["| " + " | ".join(heads) + " |", "|---|" + "--:|" * (len(heads) - 1)]
    return "\n".join(lines + ["| " + " | ".join(map(str, row.values())) + " |" for row in rows])


def worst_cells(table: pd.DataFrame, of: str) -> list[dict]:
    """For each distribution the highest share of each kind, over all truths, families and seeds."""
    rows = []
    for name in TABLED:
        own = table[table["distribution"] == name]
        found = {kind: shares(own, of, kind).max() for kind in (*DECIDED, ANY)}
        rows.append(
            {"runs": name}
            | {f"wrong *{kind}*": percent(found[kind]) for kind in DECIDED}
            | {"any of them": percent(found[ANY])}
        )
    return rows


def by_seeds(table: pd.DataFrame) -> list[dict]:
    """For each distribution and number of seeds, the highest share of studies with any error."""
    rows = []
    for name in TABLED:
        own = table[table["distribution"] == name]
        worst = shares(own, "studies", ANY).groupby(own["seeds"]).max()
        rows.append({"runs": name} | {str(n): percent(share) for n, share in worst.items()})
    return rows


def three_looks(table: pd.DataFrame) -> list[dict]:
    """For each distribution, studies with any error at three looks: the worst cell."""
    plans = {"stated in advance": STATED, "each as if it were alone": UNDIVIDED}
    rows = []
    for name in TABLED:
        row = {"runs": name}
        for words, plan in plans.items():
            own = table[(table["distribution"] == name) & (table["plan"] == plan)]
            row[words] = percent(shares(own, "studies", ANY).max())
        rows.append(row)
    return rows


def savings(table: pd.DataFrame) -> list[dict]:
    """What `until decided` trains, of the fixed plan's runs, where runs are normal."""
    own = table[(table["distribution"] == NORMAL) & (table["plan"] == STATED)]
    rows = []
    for (claims, rivals), ahead in product(((1, 1), (3, 2), (6, 5)), (0, 1, 1.5, FAR)):
        keys = zip(own["claims"], own["rivals"], own["ahead"], strict=True)
        row = own[[key == (claims, rivals, ahead) for key in keys]].iloc[0]
        total = row["studies"] * min(claims + rivals, VARIANTS) * LOOKS[-1]
        decided = {n: row[f"claims decided at {n}"] / row["studies"] / claims for n in LOOKS}
        rows.append(
            {
                "claims × rivals": f"{claims} × {rivals}",
                "truth, in margins": f"{ahead:g}",
                **{f"decided at {n}, %": f"{100 * share:.0f}" for n, share in decided.items()},
                "runs trained, %": f"{100 * row['runs'] / total:.0f}",
            }
        )
    return rows


def often_as_skewed(table: pd.DataFrame, plan: str) -> pd.Series:
    """By number of seeds, the most frequent kind of error where every claimed variant is skewed."""
    own = table[(table["distribution"] == EVERY_CLAIM_SKEWED) & (table["plan"] == plan)]
    kinds = pd.concat([shares(own, "studies", kind) for kind in DECIDED], axis=1)
    return kinds.max(axis=1).groupby(own["seeds"]).max()


def too_often(table: pd.DataFrame) -> int:
    """In how many cells, the failing runs' aside, a kind of error exceeds 5 % beyond chance.

    Chance: three standard errors of the simulation.
    """
    own = table[table["distribution"].isin(TABLED) & (table["distribution"] != FAILING)]
    own = own[own["plan"] != UNDIVIDED]
    limit = ALLOWED + 3 * np.sqrt(ALLOWED * (1 - ALLOWED) / own["studies"].astype(float))
    return int(sum((shares(own, "studies", kind) > limit).sum() for kind in DECIDED))


def page(table: pd.DataFrame, studies: int, minutes: float) -> str:
    """The Markdown page.

    Args:
        minutes: of processor time that the table took.
    """
    once = table[table["plan"] == ONCE]
    error = 100 * math.sqrt(ALLOWED * (1 - ALLOWED) / studies)
    exceptions = too_often(table)
    outcome = "no cell" if not exceptions else f"{exceptions} of the cells"
    failing = shares(once[once["distribution"] == FAILING], "studies", ANY).max()
    skewed, corrected = (often_as_skewed(table, plan) for plan in (ONCE, CORRECTED))
    truths = listed(TRUTHS).replace("-", "−")
    looks = listed(LOOKS)
    return f"""# Calibration of the verdicts

How often is a verdict wrong? {studies:,} studies per cell were drawn from a known truth and
judged by the functions that judge a real one (`normstudy.statistics`). The cells: 1, 3 or 6 claims;
1, 2 or 5 rivals each; {listed(SEEDS)} seeds;
the claimed variant ahead of its rivals by {truths} margins. Each claim is about
another variant and a measure of its own, drawn independently, so that errors add up as much as they
can. A run has a standard deviation of {SIGMA} points, the margin is {MARGIN} points, and
figures are rounded to 0.01 points, one of 10,000 test images.

In {outcome} does any kind of wrong verdict occur in more than 5 % of studies (beyond three
standard errors of the simulation; one is {error:.2f} points), except where runs fail and where
every claim is about a skewed variant: see below.

## Studies with a wrong verdict

Percent of studies in which at least one contrast has the wrong verdict; the worst cell over claims,
rivals, seeds and truths:

{markdown(worst_cells(once, "studies"))}

*Holds* is wrong where the variant is not ahead; *holds, but too small to matter* there and where
it is ahead by a margin or more; *no difference that matters* where it is ahead or behind by a
margin or more; *contradicted* where it is not behind. *Undecided* is never wrong.

**Failing runs.** If a variant loses {FALL:g} point in a tenth of its runs, its mean includes that.
But ten seeds miss every such run in a third of studies, and then show neither the loss nor the
spread: up to {percent(failing)} % of studies have a wrong verdict. No interval computed from these
seeds can know. The report warns when a run looks like a failure.

**Skewed runs.** If every claim is about a variant with left-skewed runs (not one variant, as in the
table), the most frequent kind of error reaches {percent(skewed.max())} %, and is back at
{percent(skewed[SEEDS[-1]])} % with {SEEDS[-1]} seeds. A correction of the interval for skewness
(Hall 1992) does not help: it needs the third moment, of which a few seeds tell little. With
{FEW} seeds it turns {percent(skewed[FEW])} % into {percent(corrected[FEW])} %, and reaches
{percent(corrected.max())} % in the worst cell. So Student's interval stays.

## Contrasts with a wrong verdict

The same per contrast:

{markdown(worst_cells(once, "contrasts"))}

## By number of seeds

Studies with any wrong verdict; the worst cell over claims, rivals and truths:

{markdown(by_seeds(once))}

## More than one look

Verdicts are read at {looks} seeds, and a verdict stands once it is reached, so these figures
hold for `seeds: until decided` too. Studies with any wrong verdict, the worst cell; for comparison,
the same without dividing alpha among the looks:

{markdown(three_looks(table))}

## What `seeds: until decided` saves

Claims decided by each look, and runs trained, in percent of those of a plan with {LOOKS[-1]} seeds
for every variant. Runs are normal.

{markdown(savings(table))}

Made by `make calibration`, in {minutes:.1f} minutes of processor time.
[calibration.csv](calibration.csv) has every cell.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--studies", type=int, default=20_000, help="of each cell")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--output", type=Path, default=DOCS, help="folder")
    options = parser.parse_args()
    for name in ("studies", "processes"):
        if getattr(options, name) < 1:
            parser.error(f"--{name} is {getattr(options, name)}: at least 1 is needed")
    started = time.monotonic()
    table = simulated(options.studies, options.processes)
    options.output.mkdir(parents=True, exist_ok=True)
    table.to_csv(options.output / "calibration.csv", index=False, lineterminator="\n")
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    minutes = sum(own.ru_utime + own.ru_stime for own in used) / 60
    text = page(table, options.studies, minutes)
    (options.output / "calibration.md").write_text(text, encoding="utf-8")
    print(
        f"{len(table):,} cells of {options.studies:,} studies in {time.monotonic() - started:.0f} s"
    )


if __name__ == "__main__":
    main()
