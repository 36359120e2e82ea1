"""All tables of a study, from those of its runs: what rule summarize writes."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ..config.study import StudyConfig
from .contrasts import study_scales
from .failures import looks_failed
from .label_doubts import label_doubts, verdicts_by_scoring
from .mcnemar import single_run_tests
from .shared_errors import shared_errors
from .summary import (
    epoch_means,
    final_values,
    metrics_of,
    summarize,
    tidy,
    with_image_intervals,
)
from .verdicts.judging import judge

Predictions = Mapping[tuple[str, int], pd.DataFrame]


def study_tables(
    config: dict,
    metrics: pd.DataFrame,
    evaluation: pd.DataFrame,
    predictions: Predictions,
    reference: pd.DataFrame | None = None,
    issues: pd.DataFrame | None = None,
) -> dict[str, pd.DataFrame]:
    """The name of each table, without .csv → the table.

    Args:
        config: the checked config.
        metrics, evaluation: those of all runs, one above the other.
        predictions: (variant, seed) → the run's predictions.csv; empty, what rests on single
            images is left out.
        reference: the replicated study's table, where it applies.
        issues: the table of doubted test labels, where the dataset has one.
    """
    claims, settings = config["claims"], config["verdicts"]
    seeds = StudyConfig.model_validate(config).all_seeds
    final, doubts = final_values(metrics, evaluation), label_doubts(predictions, issues)
    runs = metrics_of(final)
    images = evaluation.groupby("split")["images"].first()
    runs["looks_failed"] = looks_failed(runs, images["test"])
    scales = study_scales(settings, images["test"], images["train"])
    correct = correct_images(predictions, seeds) if len(seeds) > 1 else None

    def judged(runs: pd.DataFrame, correct: dict | None = None):
        return judge(tidy(runs), claims, settings, scales, seeds=seeds, correct=correct)

    verdicts = judged(runs, correct)
    return {
        "metrics": metrics,
        "curves": epoch_means(metrics),
        "evaluation": with_image_intervals(evaluation),
        "runs": runs,
        "summary": summarize(runs, reference, doubts),
        "comparisons": verdicts.comparisons,
        "differences": verdicts.differences,
        "claims": verdicts_by_scoring(verdicts.claims, final, doubts, judged),
        "single_run": single_run_tests(claims, predictions),
        "label_doubts": doubts,
        "shared_errors": shared_errors(predictions, issues),
    }


def correct_images(predictions: Predictions, seeds: list[int]) -> dict[str, np.ndarray] | None:
    """variant → (its seeds, images) booleans, whether the run has the test image right.

    None without predictions.
    """
    rows: dict[str, list] = {}
    order = {seed: place for place, seed in enumerate(seeds)}
    for variant, seed in sorted(predictions, key=lambda run: order[run[1]]):
        table = predictions[variant, seed]
        rows.setdefault(variant, []).append((table["prediction"] == table["label"]).to_numpy())
    return {variant: np.stack(own) for variant, own in rows.items()} or None
