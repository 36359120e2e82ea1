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
from normstudy.statistics.verdicts.looks import interval_levels
from normstudy.statistics.verdicts.rule import DECIDED, Verdict

from benchmarks.simulated_studies import (
    DISTRIBUTIONS,
    FALL,
    MARGIN,
    SETTINGS,
    SIGMA,
    VARIANTS,
    draw_runs,
    judge_look_by_look,
    paired_differences,
    verdicts_at_one_look,
    verdicts_on_sizes,
)

DOCS = Path(__file__).resolve().parent.parent / "docs"
SEED = 20
CHUNK = 1000  # studies drawn at a time: 26 MB a thousand
TRUTHS = (-1, 0, 1, 1.5)  # by how many margins the claimed variant is above its rivals
FAR = 3  # margins: a truth for the table of what `until decided` saves, beside 0, 1 and 1.5
SEEDS = (2, 3, 5, 8, 10, 16, 30, 60)
FAMILIES = ((1, 1), (3, 2), (6, 5))  # numbers of claims, of rivals of each
PLANS = {  # looks → the shares of alpha, None for the default ones
    (10, 30, 60): None,
    (30, 60, 90): (0.2, 0.3, 0.5),  # of workflow/studies/claims.yaml
}
MOST_SEEDS = 90
# Mean gaps of the claimed variant and its rival in margins, and their spreads in points
GAPS = tuple(
    product(
        ((0, 0), (2, 2), (2, -2), (1, 0), (2, 1), (0, 1), (1, -2)),
        ((0.06, 0.06), (0.03, 0.09), (0.09, 0.03)),
    )
)
GAP_SEEDS = (10, 30)
NORMAL, *_ = DISTRIBUTIONS
ANY = "any"
ONCE = "one look"
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
    """Studies with a wrong verdict, by its kind and of any."""
    wrong = {kind: verdicts == kind for kind in wrong_verdicts(ahead)}
    wrong[ANY] = np.logical_or.reduce(list(wrong.values()))
    counts = {kind: int(where.any(axis=(1, 2)).sum()) for kind, where in wrong.items()}
    return {"studies": len(verdicts)} | counts


def look_by_look(differences: np.ndarray, cell: dict, ahead: float) -> list[dict]:
    """Counts of studies judged at each plan's looks."""
    claims, rivals = differences.shape[1:3]
    rows = []
    for looks, given in PLANS.items():
        levels = interval_levels(SETTINGS | {"shares": given}, looks, claims * rivals)
        judged = judge_look_by_look(differences, looks, levels)
        row = cell | {"plan": plan(looks), "seeds": looks[-1]}
        row |= count_wrong(judged.verdicts, ahead) | {"runs": int(judged.seeds.sum())}
        for number, decided in enumerate(judged.claims_decided, 1):
            row[f"claims decided by look {number}"] = int(decided.sum())
        rows.append(row)
    return rows


def plan(looks: Sequence[int]) -> str:
    return f"looks at {listed(looks)}"


def simulate(task: tuple[int, float, int, int]) -> list[dict]:
    """The counts of one chunk of studies, a row per cell of the grid.

    Args:
        task: number of the distribution, margins ahead, number of the chunk, studies.
    """
    number, ahead, chunk, studies = task
    name, draw = list(DISTRIBUTIONS.items())[number]
    random = np.random.default_rng([SEED, number, round(2 * ahead) + 100, chunk])
    differences = paired_differences(draw_runs(draw, ahead * MARGIN, studies, MOST_SEEDS, random))
    cell, rows = {"distribution": name, "ahead": ahead}, []
    for seeds in SEEDS if ahead in TRUTHS else ():
        for claims, rivals, verdicts in verdicts_at_one_look(differences[..., :seeds], FAMILIES):
            own = cell | {"claims": claims, "rivals": rivals, "plan": ONCE, "seeds": seeds}
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


def simulated_gaps(studies: int) -> pd.DataFrame:
    """Shares of verdicts on the size of a mean gap: a row per cell of GAPS and GAP_SEEDS."""
    random, rows = np.random.default_rng([SEED, len(DISTRIBUTIONS)]), []
    for (means, spreads), seeds in product(GAPS, GAP_SEEDS):
        points = tuple(MARGIN * mean for mean in means)
        verdicts = verdicts_on_sizes(points, spreads, studies, seeds, random)
        wrong = np.isin(verdicts, wrong_verdicts(abs(means[1]) - abs(means[0])))
        share = {kind: float((verdicts == kind).mean()) for kind in (*DECIDED, Verdict.UNDECIDED)}
        cell = {"means": means, "spreads": spreads, "seeds": seeds}
        rows.append(cell | {"wrong": float(wrong.mean())} | share)
    return pd.DataFrame(rows)


def shares(table: pd.DataFrame, kind: str) -> pd.Series:
    """The share of studies with a wrong verdict of the kind, by cell."""
    return (table[kind] / table["studies"]).astype(float)


def listed(items: Sequence, last: str = "or") -> str:
    *first, final = (item if isinstance(item, str) else f"{item:g}" for item in items)
    return f"{', '.join(first)} {last} {final}"


def percent(share: float) -> str:
    return f"{100 * share:.1f}"


def markdown(rows: list[dict]) -> str:
    heads = list(rows[0])
    lines = ["| " + " | ".join(heads) + " |", "|---|" + "--:|" * (len(heads) - 1)]
    return "\n".join(lines + ["| " + " | ".join(map(str, row.values())) + " |" for row in rows])


def by_kind(table: pd.DataFrame) -> list[dict]:
    """For each distribution the highest share of each kind, over all truths, families and seeds."""
    rows = []
    for name in DISTRIBUTIONS:
        own = table[table["distribution"] == name]
        kinds = {f"wrong *{kind}*": kind for kind in DECIDED} | {"any of them": ANY}
        worst = {words: percent(shares(own, kind).max()) for words, kind in kinds.items()}
        rows.append({"runs": name} | worst)
    return rows


def by_seeds(table: pd.DataFrame) -> list[dict]:
    """For each distribution and number of seeds, the highest share of studies with any error."""
    rows = []
    for name in DISTRIBUTIONS:
        own = table[table["distribution"] == name]
        worst = shares(own, ANY).groupby(own["seeds"]).max()
        rows.append({"runs": name} | {str(n): percent(share) for n, share in worst.items()})
    return rows


def several_looks(table: pd.DataFrame) -> list[dict]:
    """For each distribution and plan of looks, studies with any error: the worst cell."""
    rows = []
    for name in DISTRIBUTIONS:
        row, own = {"runs": name}, table[table["distribution"] == name]
        for looks, given in PLANS.items():
            words = plan(looks) + (f", shares {listed(given, 'and')}" if given else "")
            row[words] = percent(shares(own[own["plan"] == plan(looks)], ANY).max())
        rows.append(row)
    return rows


def gap_rows(gaps: pd.DataFrame) -> list[dict]:
    """Percent of studies with a wrong verdict on the size of a gap, and with one of no claim."""
    rows = []
    for (means, spreads), own in gaps.groupby(["means", "spreads"], sort=False):
        row = {"mean gaps, in margins": listed(means, "and").replace("-", "−")}
        row["spreads, points"] = listed(spreads, "and")
        for cell in own.itertuples():
            row[f"wrong with {cell.seeds} seeds, %"] = percent(cell.wrong)
        rows.append(row)
    return rows


def savings(table: pd.DataFrame, looks: Sequence[int]) -> list[dict]:
    """What `until decided` trains, of the fixed plan's runs, where runs are normal."""
    own = table[(table["distribution"] == NORMAL) & (table["plan"] == plan(looks))]
    rows = []
    for (claims, rivals), ahead in product(FAMILIES, (0, 1, 1.5, FAR)):
        keys = zip(own["claims"], own["rivals"], own["ahead"], strict=True)
        row = own[[key == (claims, rivals, ahead) for key in keys]].iloc[0]
        total = row["studies"] * min(claims + rivals, VARIANTS) * looks[-1]
        decided = {
            look: row[f"claims decided by look {number}"] / row["studies"] / claims
            for number, look in enumerate(looks, 1)
        }
        rows.append(
            {
                "claims × rivals": f"{claims} × {rivals}",
                "truth, in margins": f"{ahead:g}",
                **{f"decided at {n}, %": f"{100 * share:.0f}" for n, share in decided.items()},
                "runs trained, %": f"{100 * row['runs'] / total:.0f}",
            }
        )
    return rows


def exceeding(table: pd.DataFrame) -> list[dict]:
    """The distributions with a cell in which errors exceed 5 % beyond chance, and by how much.

    Chance: three standard errors of the simulation.
    """
    limit = ALLOWED + 3 * math.sqrt(ALLOWED * (1 - ALLOWED) / table["studies"].iloc[0])
    rows = []
    for name, own in table.groupby("distribution", sort=False):
        wrong, one_kind = shares(own, ANY), max(shares(own, kind).max() for kind in DECIDED)
        seeds = own["seeds"][wrong > limit]
        if len(seeds):
            row = {"runs": name, "any, up to %": percent(wrong.max())}
            row |= {"of one kind, up to %": percent(one_kind)}
            row |= {"cells": f"{len(seeds)} of {len(own)}", "seeds": f"{seeds.min()}–{seeds.max()}"}
            rows.append(row)
    return rows


def page(table: pd.DataFrame, gaps: pd.DataFrame, studies: int, minutes: float) -> str:
    """The Markdown page.

    Args:
        minutes: of processor time that the tables took.
    """
    once = table[table["plan"] == ONCE]
    error = 100 * math.sqrt(ALLOWED * (1 - ALLOWED) / studies)
    limits = exceeding(table)
    within = [name for name in DISTRIBUTIONS if name not in {row["runs"] for row in limits}]
    both_zero = gaps[(gaps["means"] == (0, 0)) & (gaps["spreads"] == (0.03, 0.09))]
    equal = both_zero[[Verdict.NO_DIFFERENCE, Verdict.UNDECIDED]].sum(axis=1).min()
    families = listed([f"{claims} × {rivals}" for claims, rivals in FAMILIES])
    return f"""# Calibration of the verdicts

How often is a verdict wrong? {studies:,} studies per cell were drawn from a known truth and
judged by the functions that judge a real one (`normstudy.statistics`). The cells: {families}
claims × rivals; {listed(SEEDS)} seeds, and two plans of looks; the
claimed variant above its rivals by {listed(TRUTHS).replace("-", "−")} margins. Each claim is about
another variant and a measure of its own, drawn independently, so that errors add up as much as
they can. A run has a standard deviation of {SIGMA} points, the margin is {MARGIN} points, and
values are rounded to 0.01 points, one of 10,000 test images. One standard error of the simulation
is {error:.2f} points.

**The 5 % hold for** these runs: {"; ".join(within)}. There, no cell has a wrong verdict in more
than 5 % of studies, beyond three standard errors, neither of one kind nor of any.

**They do not hold for** these runs:

{markdown(limits)}

- **Skewed differences.** Student's interval assumes that the mean of the differences is roughly
  normal. Skewed runs on one side make it less so, most of all against a rival whose runs are all
  equal.
- **Failing runs.** If a variant loses {FALL:g} point in a tenth of its runs, its mean includes
  that. Few seeds often miss every such run, and then show neither the loss nor the spread: no
  interval from these seeds can know. The report warns when a run looks like a failure; a rare
  failure is usually not among the runs.

## By kind of verdict

Percent of studies in which at least one contrast has the wrong verdict; the worst cell over claims,
rivals, seeds and truths, one look:

{markdown(by_kind(once))}

*Holds* is wrong where the variant is not above; *holds, but too small to matter* there and where
it is above by a margin or more; *no difference that matters* where it is above or below by a
margin or more; *contradicted* where it is not below. *Undecided* is never wrong.

## By number of seeds

Studies with any wrong verdict; the worst cell over claims, rivals and truths:

{markdown(by_seeds(once))}

## More than one look

A verdict stands once it is reached, so these figures hold for `seeds: until decided` too. Studies
with any wrong verdict, the worst cell:

{markdown(several_looks(table))}

## Claims about the size of a gap

One claim that a variant's |mean gap| is smaller than its rival's; gaps are normal. Percent of
studies with a wrong verdict:

{markdown(gap_rows(gaps))}

Where both mean gaps are 0, with spreads of 0.03 and 0.09 points, the verdict is *no difference that
matters* or *undecided* in at least {percent(equal)} % of studies.

## What `seeds: until decided` saves

Claims decided by each look, and runs trained, in percent of those of a plan with the last look's
seeds for every variant. Runs are normal.

{(chr(10) * 2).join(markdown(savings(table, looks)) for looks in PLANS)}

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
    gaps = simulated_gaps(options.studies)
    options.output.mkdir(parents=True, exist_ok=True)
    table.to_csv(options.output / "calibration.csv", index=False, lineterminator="\n")
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    minutes = sum(own.ru_utime + own.ru_stime for own in used) / 60
    text = page(table, gaps, options.studies, minutes)
    (options.output / "calibration.md").write_text(text, encoding="utf-8")
    print(
        f"{len(table):,} cells of {options.studies:,} studies in {time.monotonic() - started:.0f} s"
    )


if __name__ == "__main__":
    main()
