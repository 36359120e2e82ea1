"""All tables of a study, from those of its runs: what rule summarize writes."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from ..config.study import StudyConfig
from ..records.read_tables import Predictions, Run
from .contrasts import study_scales
from .failures import looks_failed
from .label_doubts import label_doubts, verdicts_by_scoring
from .mcnemar import single_run_tests
from .shared_errors import shared_errors
from .summary import epoch_means, final_values, metrics_of, summarize, tidy, with_image_intervals
from .verdicts.judging import Judgement, judge


def judge_study(
    runs: pd.DataFrame,
    evaluation: pd.DataFrame,
    claims: list[dict],
    settings: dict,
    seeds: Sequence[int],
    right: Mapping[Run, np.ndarray] | None = None,
) -> Judgement:
    """The verdicts on a study's claims.

    Args:
        runs: a table of `summary.metrics_of`.
        evaluation: that of all runs, for the numbers of images.
        claims, settings: config["claims"], config["verdicts"].
        seeds, right: as of `judging.judge`.
    """
    images = evaluation.groupby("split")["images"].first()
    scales = study_scales(settings, int(images["test"]), int(images["train"]))
    return judge(tidy(runs), claims, settings, scales, seeds=seeds, right=right)


def study_tables(
    config: dict,
    metrics: pd.DataFrame,
    evaluation: pd.DataFrame,
    predictions: Predictions | None = None,
    reference: pd.DataFrame | None = None,
    issues: pd.DataFrame | None = None,
) -> dict[str, pd.DataFrame]:
    """The name of each table, without .csv → the table.

    Args:
        config: the checked config.
        metrics, evaluation: those of all runs, one above the other.
        predictions: of all runs; without them, what rests on single images is left out.
        reference: the replicated study's table, where it applies.
        issues: the table of doubted test labels, where the dataset has one.
    """
    seeds = StudyConfig.model_validate(config).all_seeds
    final, doubts = final_values(metrics, evaluation), label_doubts(predictions, issues)
    runs = metrics_of(final)
    tested = evaluation.loc[evaluation["split"] == "test", "images"].iloc[0]

    def judged(runs: pd.DataFrame, right: Mapping[Run, np.ndarray] | None = None) -> Judgement:
        return judge_study(runs, evaluation, config["claims"], config["verdicts"], seeds, right)

    verdicts = judged(runs, predictions.right if predictions else None)
    return {
        "metrics": metrics,
        "curves": epoch_means(metrics),
        "evaluation": with_image_intervals(evaluation),
        "runs": runs.assign(looks_failed=looks_failed(runs, tested)),
        "summary": summarize(runs, reference, doubts),
        "comparisons": verdicts.comparisons,
        "differences": verdicts.differences,
        "claims": verdicts_by_scoring(verdicts.claims, final, doubts, judged),
        "single_run": single_run_tests(config["claims"], predictions),
        "label_doubts": doubts,
        "shared_errors": shared_errors(predictions, issues),
    }
