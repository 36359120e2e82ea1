"""How often the verdicts are wrong, of every kind, and what `until decided` saves, by simulation.

    make calibration

Studies are drawn from known truths and judged by the project's functions (simulated_studies.py),
in parallel. Writes docs/calibration.md, from calibration.md.j2 beside this file, and every cell of
its grid to docs/calibration.csv; the same seed gives the same tables, on any number of cores.
"""

import argparse
import math
import os
import resource
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from jinja2 import Environment, StrictUndefined
from normstudy.statistics.verdicts.looks import interval_levels
from normstudy.statistics.verdicts.rule import DECIDED, Verdict

from benchmarks import simulated_studies
from benchmarks.simulated_studies import (
    DISTRIBUTIONS,
    MARGIN,
    SETTINGS,
    VARIANTS,
    draw_runs,
    judge_look_by_look,
    paired_differences,
    verdicts_on_sizes,
)

TEMPLATE = Path(__file__).with_suffix(".md.j2")
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


def counts(
    differences: np.ndarray, cell: dict, looks: Sequence[int], shares: Sequence[float] | None = None
) -> dict:
    """A cell's row: the studies, judged at the looks, with a wrong verdict of each kind or any."""
    levels = interval_levels(SETTINGS | {"shares": shares}, looks, cell["claims"] * cell["rivals"])
    verdicts, by_look, trained = judge_look_by_look(
        differences[:, : cell["claims"], : cell["rivals"]], looks, levels
    )
    wrong = {kind: verdicts == kind for kind in wrong_verdicts(cell["ahead"])}
    wrong[ANY] = np.logical_or.reduce(list(wrong.values()))
    row = cell | {"plan": plan(looks), "seeds": looks[-1], "studies": len(differences)}
    row |= {kind: int(where.any(axis=(1, 2)).sum()) for kind, where in wrong.items()}
    if len(looks) > 1:
        row["runs"] = int(trained.sum())
        for number, decided in enumerate(by_look, 1):
            row[f"claims decided by look {number}"] = int(decided.sum())
    return row


def plan(looks: Sequence[int]) -> str:
    return f"looks at {listed(looks)}" if len(looks) > 1 else ONCE


def simulate(task: tuple[int, float, int, int]) -> list[dict]:
    """The counts of one chunk of studies, a row per cell of the grid.

    Args:
        task: number of the distribution, margins ahead, number of the chunk, studies.
    """
    number, ahead, chunk, studies = task
    name, draw = list(DISTRIBUTIONS.items())[number]
    random = np.random.default_rng([SEED, number, round(2 * ahead) + 100, chunk])
    differences = paired_differences(draw_runs(draw, ahead * MARGIN, studies, MOST_SEEDS, random))
    cells = [
        {"distribution": name, "ahead": ahead, "claims": claims, "rivals": rivals}
        for claims, rivals in FAMILIES
    ]
    once = product(SEEDS if ahead in TRUTHS else (), cells)
    rows = [counts(differences, cell, (seeds,)) for seeds, cell in once]
    return rows + [counts(differences, c, *given) for c, given in product(cells, PLANS.items())]


def simulated(studies: int, processes: int) -> pd.DataFrame:
    """The whole grid: a row per cell, numbers of studies, contrasts and wrong verdicts."""
    sizes = [CHUNK] * (studies // CHUNK) + [studies % CHUNK] * (studies % CHUNK > 0)
    cells = [*product(range(len(DISTRIBUTIONS)), TRUTHS), (0, FAR)]
    tasks = [(*cell, n, size) for cell in cells for n, size in enumerate(sizes)]
    with ProcessPoolExecutor(processes) as pool:
        rows = [row for found in pool.map(simulate, tasks) for row in found]
    table = pd.DataFrame(rows).groupby(CELL, sort=False, as_index=False).sum(min_count=1)
    whole = [column for column in table if column not in [*CELL[:2], "plan"]]
    return table.astype(dict.fromkeys(whole, "Int64"))


def simulated_gaps(studies: int) -> pd.DataFrame:
    """Shares of verdicts on the size of a mean gap: a row per cell of GAPS and GAP_SEEDS."""
    random, rows = np.random.default_rng([SEED, len(DISTRIBUTIONS)]), []
    for (means, spreads), seeds in product(GAPS, GAP_SEEDS):
        points = tuple(MARGIN * mean for mean in means)
        verdicts = verdicts_on_sizes(points, spreads, studies, seeds, random)
        wrong = np.isin(verdicts, wrong_verdicts(abs(means[1]) - abs(means[0]))).mean()
        share = {kind: (verdicts == kind).mean() for kind in (*DECIDED, Verdict.UNDECIDED)}
        rows.append({"means": means, "spreads": spreads, "seeds": seeds, "wrong": wrong} | share)
    return pd.DataFrame(rows)


def listed(items: Sequence, last: str = "or") -> str:
    *first, final = (item if isinstance(item, str) else f"{item:g}" for item in items)
    return f"{', '.join(first)} {last} {final}".replace("-", "−")


def percent(share: float) -> str:
    return f"{100 * share:.1f}"


def markdown(table: pd.DataFrame) -> str:
    """A table, with its index as the first column, as Markdown."""
    cells = table.reset_index()
    lines = ["| " + " | ".join(map(str, cells)) + " |", "|---|" + "--:|" * (cells.shape[1] - 1)]
    return "\n".join(
        lines + ["| " + " | ".join(row) + " |" for row in cells.astype(str).to_numpy()]
    )


def worst(shares: pd.Series | pd.DataFrame, keys: list[pd.Series]) -> pd.DataFrame:
    """The highest shares by distribution, and by the second key in columns, in percent."""
    table = shares.groupby([key.rename("runs") for key in keys[:1]] + keys[1:], sort=False).max()
    return (table.unstack() if len(keys) > 1 else table).map(percent)


def exceeding(wrong: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """The distributions with a cell in which errors exceed 5 % beyond chance, and by how much.

    Chance: three standard errors of the simulation.
    """
    limit = ALLOWED + 3 * math.sqrt(ALLOWED * (1 - ALLOWED) / table["studies"].iloc[0])
    rows = {}
    for name, own in wrong.groupby(table["distribution"], sort=False):
        seeds = table["seeds"][own.index][own[ANY] > limit]
        if len(seeds):
            row = {"any, up to %": percent(own[ANY].max())}
            row |= {"of one kind, up to %": percent(own[[*DECIDED]].max().max())}
            row |= {"cells": f"{len(seeds)} of {len(own)}", "seeds": f"{seeds.min()}–{seeds.max()}"}
            rows[name] = row
    return pd.DataFrame.from_dict(rows, "index").rename_axis("runs")


def savings(table: pd.DataFrame, looks: Sequence[int]) -> pd.DataFrame:
    """What `until decided` trains, of the fixed plan's runs, where runs are normal."""
    own, rows = table[(table["distribution"] == NORMAL) & (table["plan"] == plan(looks))], []
    own = own.set_index(["claims", "rivals", "ahead"])
    for (claims, rivals), ahead in product(FAMILIES, (0, 1, 1.5, FAR)):
        row = own.loc[claims, rivals, ahead]
        total = row["studies"] * min(claims + rivals, VARIANTS) * looks[-1]
        cells = {"claims × rivals": f"{claims} × {rivals}", "truth, in margins": f"{ahead:g}"}
        for number, look in enumerate(looks, 1):
            share = row[f"claims decided by look {number}"] / row["studies"] / claims
            cells[f"decided at {look}, %"] = f"{100 * share:.0f}"
        rows.append(cells | {"runs trained, %": f"{100 * row['runs'] / total:.0f}"})
    return pd.DataFrame(rows).set_index("claims × rivals")


def page(table: pd.DataFrame, gaps: pd.DataFrame, studies: int, minutes: float) -> str:
    """The Markdown page.

    Args:
        minutes: of processor time that the tables took.
    """
    wrong = table[[*DECIDED, ANY]].div(table["studies"], axis=0).astype(float)
    once, runs, limits = table["plan"] == ONCE, table["distribution"], exceeding(wrong, table)
    kinds = {kind: f"wrong *{kind}*" for kind in DECIDED} | {ANY: "any of them"}
    plans = {
        plan(looks): plan(looks) + (f", shares {listed(given, 'and')}" if given else "")
        for looks, given in PLANS.items()
    }
    by_gap = gaps.assign(
        **{
            "mean gaps, in margins": [listed(own, "and") for own in gaps["means"]],
            "spreads, points": [listed(own, "and") for own in gaps["spreads"]],
            "seeds": [f"wrong with {seeds} seeds, %" for seeds in gaps["seeds"]],
        }
    ).set_index(["mean gaps, in margins", "spreads, points", "seeds"])["wrong"]
    alike = gaps[(gaps["means"] == (0, 0)) & (gaps["spreads"] == (0.03, 0.09))]
    alike = alike[[Verdict.NO_DIFFERENCE, Verdict.UNDECIDED]].sum(axis=1).min()
    made = {
        "limits": limits,
        "by_kind": worst(wrong[once].rename(columns=kinds), [runs[once]]),
        "by_seeds": worst(wrong[ANY][once], [runs[once], table["seeds"][once]]),
        "several_looks": worst(wrong[ANY][~once], [runs, table["plan"].map(plans)]),
        "gaps": by_gap.map(percent).unstack(sort=False).reset_index(level=1),
    }
    environment = Environment(undefined=StrictUndefined, keep_trailing_newline=True)
    return environment.from_string(TEMPLATE.read_text(encoding="utf-8")).render(
        vars(simulated_studies)
        | globals()
        | {name: markdown(cells) for name, cells in made.items()}
        | {"studies": studies, "minutes": minutes, "alike": alike},
        within=[name for name in DISTRIBUTIONS if name not in limits.index],
        savings=[markdown(savings(table, looks)) for looks in PLANS],
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--studies", type=int, default=20_000, help="of each cell")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--output", type=Path, default=DOCS, help="folder")
    options = parser.parse_args()
    if min(options.studies, options.processes) < 1:
        parser.error("--studies and --processes are at least 1")
    table, gaps = simulated(options.studies, options.processes), simulated_gaps(options.studies)
    options.output.mkdir(parents=True, exist_ok=True)
    table.to_csv(options.output / "calibration.csv", index=False, lineterminator="\n")
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    minutes = sum(own.ru_utime + own.ru_stime for own in used) / 60
    text = page(table, gaps, options.studies, minutes)
    (options.output / "calibration.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
