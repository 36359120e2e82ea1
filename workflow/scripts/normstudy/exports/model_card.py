"""A model card: what a variant's networks are, how good, for what, and how to load them."""

from pathlib import Path

import pandas as pd
from jinja2 import Environment, StrictUndefined

from ..config.study import StudyConfig
from ..network.model import model_of, parameter_count
from ..records.json_records import StudyRecord
from ..records.metrics import RUN_METRICS

SHOWN = ("test_accuracy", "test_loss", "train_accuracy_evaluated", "gap_evaluated")


def model_card(
    variant: str,
    summary: pd.DataFrame,
    evaluation: pd.DataFrame,
    provenance: StudyRecord,
    template: Path,
) -> str:
    """The card of a variant as Markdown.

    The headings follow Mitchell et al. 2019, "Model Cards for Model Reporting", as far as they
    apply.

    Args:
        summary, evaluation, provenance: the study's tables and record of these names.
        template: the card's text, with places for what differs (Jinja).
    """
    design = StudyConfig.model_validate(provenance.config)
    facts = design.dataset_facts
    runs = [run for run in provenance.runs if run.variant == variant]
    own = evaluation[evaluation["variant"] == variant].set_index("split")
    # Not escaped: Markdown is no HTML, and what the user's names mean in it is theirs.
    environment = Environment(undefined=StrictUndefined, keep_trailing_newline=True)
    return environment.from_string(template.read_text(encoding="utf-8")).render(
        label=design.labels[variant],
        recipe=runs[0].recipe,
        parameters=parameter_count(model_of(runs[0].recipe)),
        classes=facts.classes,
        attribution=facts.attribution,
        shown={metric: RUN_METRICS[metric] for metric in SHOWN},
        own=summary[summary["variant"] == variant].set_index("metric"),
        tested=own.loc[["test"]].iloc[0].to_dict(),
        train_images=own.loc[["train"], "images"].iloc[0],
        folder=f"{variant}/seed-{runs[0].seed}",
        runs=runs,
        sources=provenance.sources,
        command=provenance.command,
    )
