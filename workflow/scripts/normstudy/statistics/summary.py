"""The tables of a whole study, from the tables of its runs."""

import math

import pandas as pd

from ..records.metrics import RUN_METRICS
from .contrasts import interval
from .mcnemar import wilson

EPOCH_METRICS = ["train_loss", "train_accuracy", "test_loss", "test_accuracy"]
CONFIDENCE = 0.95


def final_values(metrics: pd.DataFrame, evaluation: pd.DataFrame) -> pd.DataFrame:
    """A row per run with all that was measured of it, which metrics are computed of.

    The columns are those of metrics.csv, in the last epoch, and of evaluation.csv as
    <split>_<column>_evaluated, such as train_accuracy_evaluated.
    """
    keys = ["variant", "seed"]
    last = metrics.sort_values("epoch").groupby(keys).tail(1).set_index(keys)
    evaluated = evaluation.set_index([*keys, "split"]).unstack("split")
    evaluated.columns = [f"{split}_{column}_evaluated" for column, split in evaluated.columns]
    return last.join(evaluated).reindex(metrics[keys].drop_duplicates()).reset_index()


def metrics_of(final: pd.DataFrame) -> pd.DataFrame:
    """A row per run of `final_values` with its metrics: variant, seed and those of RUN_METRICS."""
    values = {name: metric.of(final) for name, metric in RUN_METRICS.items()}
    return pd.DataFrame({**final[["variant", "seed"]], **values}).round(6)


def tidy(runs: pd.DataFrame) -> pd.DataFrame:
    """A table of `metrics_of` as `judging.judge` takes it: variant, seed, metric, value."""
    return runs.melt(["variant", "seed"], [*RUN_METRICS], "metric")


def epoch_means(metrics: pd.DataFrame) -> pd.DataFrame:
    """What the curves are drawn from: each variant's losses and accuracies over its seeds.

    A row per variant, metric and epoch: seeds, mean, lowest, highest.
    """
    keys = ["variant", "metric", "epoch"]
    long = metrics.melt(["variant", "seed", "epoch"], EPOCH_METRICS, "metric")
    over_seeds = long.groupby(keys, sort=False)["value"]
    table = over_seeds.agg(seeds="count", mean="mean", lowest="min", highest="max")
    return table.round(6).reset_index()


def mean_interval(values: pd.Series, metric: str) -> dict[str, float]:
    """mean, standard_deviation (n − 1) and Student's t-interval of the mean, within its limits:
    ci_low, ci_high. With one value all but the mean are NaN."""
    low, high = interval(values.to_numpy(), CONFIDENCE)
    lowest, highest = RUN_METRICS[metric].lowest, RUN_METRICS[metric].highest
    return {
        "mean": values.mean(),
        "standard_deviation": values.std(ddof=1),
        "ci_low": max(low, lowest),
        "ci_high": min(high, highest),
    }


def summarize(
    runs: pd.DataFrame, reference: pd.DataFrame | None = None, doubts: pd.DataFrame | None = None
) -> pd.DataFrame:
    """A row per variant and metric: mean and spread over seeds, beside the reference: summary.csv.

    Args:
        runs: a table of `metrics_of`.
        reference: the replicated study's table of epochs, or None where it does not apply.
        doubts: a table of `label_doubts.label_doubts`: the test accuracies by its scorings other
            than "given" follow as metrics of their own, test_accuracy_<scoring>.
    """
    original = {}
    if reference is not None:
        final = reference.sort_values("epoch").groupby("variant").tail(1).set_index("variant")
        final["gap"] = final["train_accuracy"] - final["test_accuracy"]
        original = final.to_dict("index")
    rows = []
    for variant, group in runs.groupby("variant", sort=False):
        values = {metric: group[metric] for metric in RUN_METRICS}
        if doubts is not None:
            scores = doubts[(doubts["variant"] == variant) & (doubts["scoring"] != "given")]
            for scoring, scored in scores.groupby("scoring", sort=False):
                values[f"test_accuracy_{scoring}"] = scored["accuracy"]
        for metric, column in values.items():
            row = {"variant": variant, "metric": metric, "seeds": len(column)}
            row |= mean_interval(column, metric if metric in RUN_METRICS else "test_accuracy")
            row["reference"] = original.get(variant, {}).get(metric, math.nan)
            rows.append(row | {"difference": row["mean"] - row["reference"]})
    return pd.DataFrame(rows).round(6)


def with_image_intervals(evaluation: pd.DataFrame) -> pd.DataFrame:
    """The runs' evaluation.csv with Wilson's interval of each accuracy: that of the study."""
    bounds = [
        wilson(images - errors, images)
        for images, errors in zip(evaluation["images"], evaluation["errors"], strict=True)
    ]
    low, high = zip(*bounds, strict=True)
    return evaluation.assign(ci_low=low, ci_high=high).round(6)
