"""Anyone's runs, judged: their tables, and the page about them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import numpy as np
import pandas as pd

from ..records.metrics import Metric, describing
from ..report.figures.runs import seed_dots
from ..report.figures.verdicts import forests
from ..report.page import HTML, Page
from ..report.study import Study
from ..report.tables.table import Table
from ..report.tables.verdicts import verdicts
from ..statistics.contrasts import Scale, decimals_of
from ..statistics.verdicts.judging import judge
from .claims import Claims, read_claims
from .runs import read_runs

RUNS = "One mark per run, and the mean of each variant's runs."


@dataclass(frozen=True)
class Judged:
    """What the report's functions want of a study, of anyone's runs.

    Attributes:
        comparisons, claims, differences: as of `judging.Judgement`.
        runs: variant, seed, and a column per metric.
        summary: variant, metric, mean.
        config: claims, verdicts, and variants with their labels.
        metrics: name → how its values are called and written.
        read: what was read, in sentences.
    """

    comparisons: pd.DataFrame
    claims: pd.DataFrame
    differences: pd.DataFrame
    runs: pd.DataFrame
    summary: pd.DataFrame
    config: dict
    metrics: Mapping[str, Metric]
    read: list[str]

    @property
    def labels(self) -> dict[str, str]:
        return {name: keys["label"] for name, keys in self.config["variants"].items()}

    @property
    def seeds(self) -> list:
        return sorted(set(self.runs["seed"]))

    def csv(self) -> str:
        """verdicts.csv: a row per claim and rival, with the verdict on the claim beside its own."""
        whole = self.claims.set_index("claim")["verdict"]
        table = self.comparisons.assign(claim_verdict=self.comparisons["claim"].map(whole))
        return table.to_csv(index=False, lineterminator="\n")

    def page(self, title: str) -> str:
        """The HTML page: headline, forests, the table of claims, the runs, what was read."""
        page, charts, dots = Page(), [], []
        with describing(self.metrics):
            for number, metric in enumerate(dict.fromkeys(self.comparisons["metric"]), 1):
                rows = self.comparisons[self.comparisons["metric"] == metric]
                names = {*rows["variant"], *rows["rival"]}
                config = {
                    "claims": [c for c in self.config["claims"] if c["metric"] == metric],
                    "variants": {n: v for n, v in self.config["variants"].items() if n in names},
                }
                (forest,) = forests(self.differences, rows, config)
                charts.append(replace(forest, name=f"forest_{number}"))
                runs = self.runs[self.runs["variant"].isin(names)]
                part = replace(self, comparisons=rows, runs=runs, config=config)
                if plot := seed_dots(cast(Study, part), shown=()):
                    dots.append(replace(plot, name=f"runs_{number}", caption=RUNS))
            table = replace(cast(Table, verdicts(cast(Study, self))), source="verdicts.csv")
            shown = cast(HTML, page.table(table)).data
            return page.document(
                "judge", title=title, study=self, forests=charts, table=shown, dots=dots
            )


def judge_runs(runs: str | Path, claims: str | Path) -> Judged:
    """The verdicts on runs of any training code.

    Args:
        runs: the table or folder that `runs.read_runs` reads.
        claims: the claims file.

    Raises:
        StudyError: one of them cannot be read, or does not fit the other.
    """
    asked = read_claims(claims)
    values = read_runs(runs, asked)
    there = list(dict.fromkeys(values["variant"]))
    asked.check_names(there)
    about = asked.variants(there)
    values = values[values["variant"].isin(about)]
    scales = {
        metric: _scale(of_metric[of_metric["variant"].isin(asked.variants(there, metric))], asked)
        for metric, of_metric in values.groupby("metric", sort=False)
    }
    wide = values.pivot(index=["variant", "seed"], columns="metric", values="value")
    means = values.groupby(["variant", "metric"])["value"].mean()
    labels = asked.labels
    return Judged(
        **vars(judge(values, asked.complete, asked.settings, scales)),
        runs=wide.reset_index(),
        summary=means.rename("mean").reset_index(),
        config={
            "claims": asked.complete,
            "verdicts": asked.settings,
            "variants": {name: {"label": labels.get(name, name)} for name in about},
        },
        metrics=asked.described,
        read=_read(values, asked, there, scales),
    )


def _scale(values: pd.DataFrame, asked: Claims) -> Scale:
    """The scale of a metric; without a stated resolution, it is the smallest step between two
    runs of one variant; where all runs of each variant are equal, the margin."""
    given = asked.metrics[values["metric"].iloc[0]]
    resolution = given.resolution
    if resolution is None:
        of_variants = [numbers.to_numpy() for _, numbers in values.groupby("variant")["value"]]
        steps = [np.diff(np.unique(numbers.round(decimals_of(numbers)))) for numbers in of_variants]
        resolution = min((numbers.min() for numbers in steps if len(numbers)), default=given.margin)
    return Scale(given.margin, resolution, given.near_zero, decimals=None)


def _read(values: pd.DataFrame, asked: Claims, there: list[str], scales: dict) -> list[str]:
    """What was read, and what was assumed."""
    counts = values.drop_duplicates(["variant", "seed"]).groupby("variant", sort=False).size()
    lines = [f"Runs: {', '.join(f'{name} {count:,}' for name, count in counts.items())}."]
    if take := asked.take:
        lines.append(f"Where a run has several values, the {take} one.")
    if others := [name for name in there if name not in counts]:
        lines.append(f"Left out, since no claim is about them: {', '.join(others)}.")
    return lines + [
        f"{metric}: differences up to {scale.margin:g} do not matter. A smaller standard deviation"
        f" than {scale.resolution:g} counts as this."
        for metric, scale in scales.items()
    ]
