"""The report's tables of how the results came about: model, recipe, machine, jobs, data."""

from collections.abc import Iterable

import pandas as pd

from ..study import Study
from ..text.wording import factors, listing, norm_name
from .table import ABSENT, Table

ENGINES = {
    "kernels": "compiled kernels, which agreed with model.py's network before each run",
    "pytorch": "PyTorch",
}
# key of a run's parameters -> how the report calls it
RECIPE_ROWS = {
    "norm": "Normalization",
    "norm_options": "Groups",
    "epochs": "Epochs",
    "batch_size": "Batch size",
    "max_lr": "Peak learning rate of the one-cycle schedule",
    "momentum": "Momentum, lowest and highest",
    "dropout": "Dropout",
    "penalty": "L1 penalty",
    "rotation_degrees": "Rotation, uniform in ± degrees",
    "brightness": "Brightness is multiplied by",
    "contrast": "Contrast is multiplied by",
    "precision": "Number format",
    "threads": "Threads per job",
}
LEARNED = ["convolution", "normalization"]  # columns of network.csv
MOST_CHECKPOINTS = 20  # in the table of their digests


def model_table(study: Study) -> Table:
    """The network block by block: layers, shape of the output, learned parameters."""
    blocks = study.network[study.network["variant"] == next(iter(study.labels))]
    cells = blocks[["block", "layers", "output"]].rename(columns=str.capitalize)
    cells["Parameters"] = [
        f"{block.convolution:,}" + f" + {block.normalization:,}" * bool(block.normalization)
        for block in blocks.itertuples()
    ]
    total = blocks[LEARNED].to_numpy().sum()
    cells.loc[len(cells)] = ["Total", "", "", f"{total:,}"]
    caption = (
        "The network. Parameters are those of the convolution + those of the normalization"
        " (one factor and one offset per channel); there are no biases."
    )
    return Table(cells, caption)


def recipe_table(study: Study) -> Table:
    """The recipe; where the variants differ, which has what."""
    shown = {variant: _shown_recipe(study.recipes[variant]) for variant in study.labels}
    rows = []
    for key, name in RECIPE_ROWS.items():
        values: dict[str, list[str]] = {}
        for variant, label in study.labels.items():
            values.setdefault(shown[variant][key], []).append(label)
        cells = [
            value if len(values) == 1 else f"{value} ({listing(labels)})"
            for value, labels in values.items()
            if value
        ]
        if cells:
            rows.append({"Setting": name, "Value": "; ".join(cells)})
    return Table(
        pd.DataFrame(rows),
        "The recipe. The loss is the negative log-likelihood, and the optimizer is stochastic"
        " gradient descent. The learning rate and the momentum change with every step.",
        "provenance.json",
    )


def _shown_recipe(recipe: dict) -> dict[str, str]:
    """Every row of the recipe as text."""
    options = {"num_groups": "{} groups", "channels_per_group": "{} channels per group"}
    groups = [options[name].format(value) for name, value in recipe["norm_options"].items()]
    if recipe["norm"] == "group" and not groups:
        groups = ["4 channels per group"]
    text = {key: f"{v:g}" if isinstance(v, (int, float)) else str(v) for key, v in recipe.items()}
    text["norm_options"] = groups[0] if groups else ""
    for key in ("brightness", "contrast"):
        text[key] = factors(recipe[key])
    text["momentum"] = f"{recipe['base_momentum']:g} and {recipe['max_momentum']:g}"
    per = {"sum": "the sum of all |w|", "mean": "the sum of each tensor's mean |w|"}
    text["penalty"] = (
        f"{recipe['l1']:g} × {per[recipe['l1_reduction']]}" if recipe["l1"] else "none"
    )
    return text


def job_table(study: Study) -> Table | None:
    """Time and peak memory of the jobs, by rule and variant; None where nothing is known."""
    jobs = pd.DataFrame(study.provenance.jobs)
    if jobs.empty:
        return None
    words = jobs["job"].str.split(n=2, expand=True)
    groups = jobs.groupby([words[0], words[1]], sort=False)
    seconds, memory = groups["seconds"], groups["peak_memory_mb"]
    cells = pd.DataFrame(
        {
            "Jobs": groups.size(),
            "Shortest, s": seconds.min(),
            "Longest, s": seconds.max(),
            "Peak memory, MB": memory.max(),
        }
    ).map(lambda number: ABSENT if pd.isna(number) else f"{number:,.0f}")
    names = [f"{rule}: {study.labels.get(variant, variant)}" for rule, variant in cells.index]
    cells.insert(0, "Job", names)
    caption = "Time and peak memory of the jobs."
    if resumed := sum(run.resumed_after_epoch > 0 for run in study.provenance.runs):
        caption += f" Training runs that were resumed: {resumed:,}; only their last job is counted."
    return Table(cells, caption, "provenance.json", sortable=True)


def version_table(study: Study) -> Table:
    """When and on what the models were trained, and the versions of what ran."""
    facts, runs = study.provenance, study.provenance.runs

    def of_runs(what: Iterable[object]) -> str:
        return listing(dict.fromkeys(what))

    engines = (run.recipe["engine"] for run in runs)
    rows = {
        "Trained (UTC)": f"{_time(facts.started)} to {_time(max(r.finished for r in runs))}",
        "Processor": of_runs(run.processor for run in runs),
        "Device": of_runs(run.accelerator or run.device for run in runs),
        "Trained by": of_runs(ENGINES.get(engine, engine) for engine in engines),
        "Kernels give their reference results": of_runs(
            "yes" if run.reference_bits else "no" for run in runs
        ),
        "System": of_runs(run.system for run in runs),
        "Python": facts.python,
        "Packages": ", ".join(f"{name} {version}" for name, version in facts.versions.items()),
    }
    if sources := facts.sources:
        changed = " (with changes not committed)" if sources["modified"] else ""
        rows["Commit of the sources"] = sources["commit"] + changed
    cells = pd.DataFrame(rows.items(), columns=["What", "Which"])
    return Table(cells, "Machine and versions.", "provenance.json")


def _time(iso: str) -> str:
    """2026-01-31T12:00:00Z as 2026-01-31 12:00."""
    return iso[:16].replace("T", " ")


def checksum_table(study: Study) -> Table:
    """The checksums of the data files, with their source, and of the trained networks."""
    facts, runs = study.provenance, study.provenance.runs
    rows = [
        (name, facts.data_source[name.rpartition("/")[2]]["from"], digest)
        for name, digest in facts.data_sha256.items()
    ]
    caption = (
        "Checksums of the data files and of the networks. A network's is over all its numbers"
        " (checkpoint.tensors_sha256): with the same checksum they are equal to the last bit."
    )
    if len(runs) > MOST_CHECKPOINTS:
        caption += f" Networks of seed {study.seeds[0]}; provenance.json has all {len(runs):,}."
        runs = [run for run in runs if run.seed == study.seeds[0]]
    rows += [
        (f"{study.labels[run.variant]}, seed {run.seed}", _time(run.finished), run.tensors_sha256)
        for run in runs
    ]
    cells = pd.DataFrame(rows, columns=["File or network", "From, or trained (UTC)", "SHA-256"])
    return Table(cells, caption, "provenance.json")


# norm -> over what mean and variance are taken, how many sets that makes in a layer
NORM_ROWS = {
    "batch": ("one channel of all images of the batch", "(N, H, W)", "C"),
    "layer": ("all channels of one image", "(C, H, W)", "N"),
    "group": ("the G groups of channels of one image, each by itself", "(C/G, H, W)", "N·G"),
    "instance": ("one channel of one image", "(H, W)", "N·C"),
    "channel_layer": ("all channels at one position of one image", "(C)", "N·H·W"),
    "rms": ("all channels of one image, the mean taken as 0", "(C, H, W)", "N"),
}


def norm_table(study: Study) -> Table:
    """The index sets of the normalizations in use; if there are none, the worked example's."""
    used = [norm for norm in study.norms if norm != "none"] or ["batch", "layer", "group"]
    about = study.network.drop_duplicates("variant").set_index("variant")["norm_about"]
    abouts = {study.recipes[variant]["norm"]: about[variant] for variant in study.labels}
    rows = []
    for norm in used:
        custom = (abouts.get(norm, ABSENT).rstrip("."), ABSENT, ABSENT)  # of the user's own
        rows.append((norm_name(norm), *NORM_ROWS.get(norm, custom)))
    columns = ("Normalization", "Mean and variance are those of", "Axes", "Sets in a layer")
    return Table(
        pd.DataFrame(rows, columns=columns),
        "The sets S over which mean and variance are taken, for a layer of N images, C channels and"
        " H×W positions.",
    )
