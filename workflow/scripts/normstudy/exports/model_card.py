"""A model card: what a variant's networks are, how good, for what, and how to load them.

The headings follow Mitchell et al. 2019, "Model Cards for Model Reporting", as far as they apply.
"""

import math

import pandas as pd

from ..config import resolved as study_config
from ..network.model import model_of, parameter_count
from ..statistics.summary import METRICS

SHOWN = ("test_accuracy", "test_loss", "train_accuracy_evaluated", "gap_evaluated")


def model_card(
    variant: str, summary: pd.DataFrame, evaluation: pd.DataFrame, provenance: dict
) -> str:
    """The card of a variant as Markdown.

    Args:
        variant: its name in the config.
        summary: the study's summary.csv.
        evaluation: the study's evaluation.csv.
        provenance: the study's provenance.json.
    """
    config = provenance["config"]
    label = config["variants"][variant]["label"]
    facts = study_config.dataset_facts(config)
    runs = [run for run in provenance["runs"] if run["variant"] == variant]
    recipe = runs[0]["recipe"]
    tested = evaluation[(evaluation["variant"] == variant) & (evaluation["split"] == "test")]
    trained = evaluation[(evaluation["variant"] == variant) & (evaluation["split"] == "train")]
    own = summary[summary["variant"] == variant].set_index("metric")
    classes = ", ".join(facts.classes)
    parts = [
        f"# {label} on {recipe['dataset']}",
        f"A convolutional network with {parameter_count(model_of(recipe)):,} learned parameters."
        f" It takes images of 28×28 grey levels and gives log-probabilities of"
        f" {len(facts.classes)} classes: {classes}. {_normalization(recipe)}",
        "## How good it is",
        _accuracy_table(own),
        _uncertainty(own, tested),
        "## How it was trained",
        f"On {trained['images'].iloc[0]:,} training images of {recipe['dataset']} for"
        f" {recipe['epochs']} epochs with {recipe['batch_size']} images a step: stochastic gradient"
        f" descent, one-cycle learning rate up to {recipe['max_lr']:g}, dropout"
        f" {recipe['dropout']:g}, {_penalty(recipe)}, rotation up to"
        f" ±{recipe['rotation_degrees']:g}°, brightness ±{recipe['brightness']:g}, contrast"
        f" ±{recipe['contrast']:g}. {facts.attribution}".rstrip()
        + ("." if facts.attribution else ""),
        "## What it is for, and what not",
        f"- For comparing normalizations on {recipe['dataset']}, and for learning. It has seen"
        " nothing else: on other images its answer means nothing, and it gives one all the same.\n"
        "- Its probabilities are not calibrated.\n"
        "- The test images were looked at after every epoch, but chose nothing: this is always the"
        " network after the last epoch.\n"
        "- Whether it is better than another variant is a matter of several seeds: the study's"
        " report.html says.",
        "## How to load it",
        _loading(runs[0]),
        "## Which networks these are",
        _run_table(runs),
        f"Sources: {_sources(provenance)}. Made by `{provenance['command']}`.",
    ]
    return "\n\n".join(parts) + "\n"


def _normalization(recipe: dict) -> str:
    options = {"num_groups": "{} groups", "channels_per_group": "{} channels a group"}
    how = [options[name].format(n) for name, n in recipe["norm_options"].items() if name in options]
    if recipe["norm"] == "none":
        return "Nothing is normalized."
    return f"Normalization: `{recipe['norm']}`{', ' + how[0] if how else ''}."


def _penalty(recipe: dict) -> str:
    if not recipe["l1"]:
        return "no L1 penalty"
    return f"L1 penalty {recipe['l1']:g} × {recipe['l1_reduction']} of |w|"


def _accuracy_table(own: pd.DataFrame) -> str:
    lines = ["| | mean | 95 % interval of the mean | seeds |", "|---|--:|--:|--:|"]
    for metric in SHOWN:
        row = own.loc[metric]
        digits = 4 if metric == "test_loss" else 2
        known = not math.isnan(row["ci_low"])
        interval = f"{row['ci_low']:.{digits}f} … {row['ci_high']:.{digits}f}" if known else "–"
        lines.append(
            f"| {METRICS[metric]} | {row['mean']:.{digits}f} | {interval} | {int(row['seeds'])} |"
        )
    return "\n".join(lines)


def _uncertainty(own: pd.DataFrame, tested: pd.DataFrame) -> str:
    images = int(tested["images"].iloc[0])
    low, high = tested[["ci_low", "ci_high"]].iloc[0]
    text = (
        f"The network of seed {tested['seed'].iloc[0]} gets {tested['errors'].iloc[0]:,} of"
        f" {images:,} test images wrong: the 95 % interval of its accuracy on such images is"
        f" {low:.2f} … {high:.2f} % (Wilson)."
    )
    if own.loc["test_accuracy", "seeds"] == 1:
        text += " One run does not say how much another seed would differ."
    return text


def _loading(run: dict) -> str:
    folder = f"{run['variant']}/seed-{run['seed']}"
    return f"""In the results folder, with this project's `workflow/scripts` on Python's path:

```python
from normstudy.network.checkpoint import load_checkpoint

model, recipe = load_checkpoint("{folder}/checkpoint.pt")
```

Without it, as a program that takes the dataset's grey levels (`snakemake --cores 1
<results>/{folder}/model.pt2` makes it):

```python
import torch

predict = torch.export.load("{folder}/model.pt2").module()
log_probabilities = predict(torch.zeros(5, 28, 28, dtype=torch.uint8))
```"""


def _run_table(runs: list[dict]) -> str:
    lines = ["| seed | trained (UTC) | SHA-256 of the tensors |", "|--:|---|---|"]
    lines += [f"| {r['seed']} | {r['finished']} | `{r['tensors_sha256']}` |" for r in runs]
    return "\n".join(lines)


def _sources(provenance: dict) -> str:
    sources = provenance["sources"]
    if sources is None:
        return "not in a git repository"
    return f"commit `{sources['commit']}`" + (", with changes" if sources["modified"] else "")
