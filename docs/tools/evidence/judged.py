"""The tables of a study from its published runs, nothing trained."""

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pandas as pd
import yaml
from normstudy.config.check import check
from normstudy.config.study import StudyConfig
from normstudy.errors import StudyError
from normstudy.records.json_records import StudyRecord
from normstudy.records.read_tables import read_table
from normstudy.records.tables import LABEL_ISSUES, NETWORK, REFERENCE_RUN
from normstudy.report.study import Study
from normstudy.statistics.study_tables import study_tables
from normstudy.statistics.verdicts.looks import with_looks
from snakemake.utils import update_config

from .store import Evidence, trained


def study_config(project: Path, name: str) -> dict:
    """The config of workflow/studies/<name>.yaml over config.yaml, checked.

    Raises:
        StudyError: there is no such study.
    """
    study = project / "workflow" / "studies" / f"{name}.yaml"
    if not study.exists():
        raise StudyError(f"{study} does not exist: a published study has its config there")
    config = yaml.safe_load((project / "config.yaml").read_text(encoding="utf-8"))
    update_config(config, yaml.safe_load(study.read_text(encoding="utf-8")))
    return check(config).model_dump()


def published_study(project: Path, name: str, evidence: Evidence, date: str = "") -> Study:
    """A study's evidence, judged by the code and the config of today; arguments as below.

    Raises:
        StudyError: it has no config in workflow/studies, or one for other runs.
    """
    resources = project / "workflow" / "resources"
    reference = read_table(resources / "mnist_reference_run.csv", REFERENCE_RUN)
    issues = read_table(resources / "mnist_label_issues.csv", LABEL_ISSUES)
    config = study_config(project, name)
    if config["dataset"]["name"] != "MNIST":  # whose both tables are
        return judged_study(evidence, config, date=date)
    return judged_study(evidence, config, reference, issues, date)


def judged_study(
    evidence: Evidence,
    config: dict,
    reference: pd.DataFrame | None = None,
    issues: pd.DataFrame | None = None,
    date: str = "",
) -> Study:
    """The tables and figures of a study from its published runs, nothing trained.

    Args:
        config: the study's, checked: its claims and verdict settings are applied. Variants that it
            has and nobody ran are left out.
        reference, issues: the original's epochs and the doubted labels, where they apply.
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
    variants = {name: variant for name, variant in config["variants"].items() if name in ran}
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
