"""The report's tables of results: pure functions of a study's tables, cells as text."""

import numpy as np
import pandas as pd

from ...example.arithmetic import rounded, statistics_table
from ..original import departures
from ..study import Study
from ..text.wording import fixed, signed, span
from .table import ABSENT, Table


def gaps(study: Study) -> Table:
    """The two differences between train and test accuracy."""
    columns = {"Running − test, points": "gap", "Evaluated − test, points": "gap_evaluated"}
    cells = {"Model": list(study.labels.values())}
    cells |= {name: spreads(study, metric) for name, metric in columns.items()}
    return Table(
        pd.DataFrame(cells),
        "The gap: train minus test accuracy. Only the evaluated gap measures overfitting.",
        "summary.csv",
        sortable=True,
    )


def spreads(study: Study, metric: str, digits: int = 2) -> list[str]:
    """Each variant's mean of the metric, with its standard deviation if there are several seeds."""
    own = study.of_metric(metric)
    return [
        fixed(mean, digits) + ("" if pd.isna(deviation) else f" ± {deviation:.{digits}f}")
        for mean, deviation in zip(own["mean"], own["standard_deviation"], strict=True)
    ]


# what is measured, how if in two ways -> metric, our digits, the original's (it prints three of
# its losses)
COMPARED = {
    ("Test accuracy, %", ""): ("test_accuracy", 2, 2),
    ("Test loss, nats", ""): ("test_loss", 4, 3),
    ("Train accuracy, %", "running"): ("train_accuracy", 2, 2),
    ("Train accuracy, %", "evaluated"): ("train_accuracy_evaluated", 2, 2),
}


def comparison(study: Study) -> Table:
    """The final results of every variant, beside the original's where it has them."""
    seeds, several = span(study.seed_counts), len(study.seeds) > 1
    known = study.summary["reference"].notna().any()
    ours = f"mean of {seeds} runs" if several else "this run"
    columns = {("Model", ""): list(study.labels.values())}
    for (name, how), (metric, digits, known_digits) in COMPARED.items():
        own = study.of_metric(metric)
        columns[name, how or (ours if known else "")] = spreads(study, metric, digits)
        if own["reference"].notna().any():
            written = own["reference"].map(f"{{:.{known_digits}f}}".format, na_action="ignore")
            columns[name, "original"] = written.fillna(ABSENT).tolist()
            if metric == "test_accuracy":
                written = own["difference"].map(signed, na_action="ignore")
                columns[name, "difference"] = written.fillna(ABSENT).tolist()
    spread = f"mean ± standard deviation of {seeds} seeds" if several else "one seed"
    caption = f"Accuracy and loss after the last epoch, {spread}."
    if known:
        caption += " The original has one run per model; its train accuracy is the running one."
    caption += " The glossary explains running and evaluated."
    if known and departures(study.config, study.recipes):
        caption += " The recipes differ, so the differences do not test the original."
    return Table(pd.DataFrame(columns), caption, "summary.csv", sortable=True)


def label_scores(study: Study) -> Table | None:
    """Test accuracy with the doubted labels as given, corrected and left out."""
    images = study.label_doubts.groupby("scoring")["images"].first()
    touched = images.max() - images.min() if len(images) else 0
    if not touched:
        return None
    columns = {
        "As given, %": "test_accuracy",
        "Corrected, %": "test_accuracy_corrected",
        "Left out, %": "test_accuracy_excluded",
    }
    cells = {"Model": list(study.labels.values())}
    cells |= {name: spreads(study, metric) for name, metric in columns.items()}
    caption = (
        f"Test accuracy with the disputed labels ({touched}) as given; replaced where three or more"
        " of five raters agree on another; and left out."
    )
    if len(study.seeds) > 1:
        caption += f" Mean ± standard deviation of {span(study.seed_counts)} seeds."
    return Table(pd.DataFrame(cells), caption, "summary.csv", sortable=True)


def worked_statistics(batches: dict[str, np.ndarray]) -> Table:
    """The means and variances of the worked example, by method and set."""
    cells: dict[str, list[str]] = {}
    for layer, own in statistics_table(batches).groupby("layer", sort=False):
        cells |= {"Normalization": own["method"].tolist(), "Over": own["set"].tolist()}
        cells |= {
            f"{layer}, {what}": own[what].map(rounded).tolist() for what in ("mean", "variance")
        }
    return Table(
        pd.DataFrame(cells),
        "The means and variances (divided by n, not by n − 1) that each normalization uses.",
        "normalization_example.xlsx",
        group="Normalization",
    )
