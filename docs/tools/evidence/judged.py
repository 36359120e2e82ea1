"""The tables of a study from its published runs, nothing trained."""

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pandas as pd
from normstudy.config.study import StudyConfig
from normstudy.errors import StudyError
from normstudy.records.json_records import StudyRecord
from normstudy.records.tables import NETWORK
from normstudy.report.study import Study
from normstudy.statistics.study_tables import study_tables
from normstudy.statistics.verdicts.looks import with_looks

from .store import Evidence, trained


def judged_study(
    evidence: Evidence,
    config: dict,
    reference: pd.DataFrame | None = None,
    issues: pd.DataFrame | None = None,
    date: str = "",
) -> Study:
    """The tables and figures of a study from its published runs, nothing trained.

    Args:
        evidence: the runs.
        config: the study's config, checked: its claims and verdict settings are applied. Variants
            that it has and nobody ran are left out.
        reference: the original's table of epochs, where it applies.
        issues: the table of label issues, where the dataset has one.
        date: of the looks that are taken now, beyond the published ones.

    Raises:
        StudyError: the config describes other runs than the published ones.
    """
    ran = list(dict.fromkeys(run["variant"] for run in evidence.runs))
    design = StudyConfig.model_validate(config)
    for variant in ran:
        recipe = trained(evidence.facts["recipes"][variant])
        today = design.run_parameters(variant) if variant in design.variants else {}
        # A key that recipes did not have then says nothing of these runs; "auto" fits any value.
        if any(today.get(key) not in (value, "auto") for key, value in recipe.items()):
            raise StudyError(f"the published runs of {variant} had another recipe than the config")
    variants = {name: own for name, own in config["variants"].items() if name in ran}
    config = config | {"variants": variants, "first_seed": 1} | evidence.seeds
    tables = study_tables(
        config,
        evidence.epochs,
        evidence.evaluation,
        evidence.predictions(issues),
        reference,
        issues,
    )
    recipes = evidence.facts["recipes"]
    runs = [SimpleNamespace(**run, recipe=recipes[run["variant"]]) for run in evidence.runs]
    record = evidence.facts | {"config": config, "runs": runs, "jobs": []}
    return Study(
        folder=Path(config["results"]),
        looks=tuple(with_looks(evidence.looks, config, tables["comparisons"], date)),
        provenance=cast(StudyRecord, SimpleNamespace(**record)),
        network=pd.DataFrame(columns=list(NETWORK)),
        reference=reference,
        label_issues=issues,
        **tables,
    )
