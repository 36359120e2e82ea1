"""The report's sentences about the context of the numbers: data, errors, limits, terms.

Each function takes a `Study` and gives plain text.
"""

from ...config.resolved import group_setting, until_decided
from ...config.resolved import seeds as seeds_of
from ...statistics.failures import FAR
from ...statistics.verdicts.looks import changed_since, unplanned_looks
from ...statistics.verdicts.rule import DECIDED
from ..original import AUTHORS, MODELS, NAME, URL, departures
from ..study import Study
from .wording import MANY, capital, counted, listing, numbers, span, spelled

NORM_NAMES = {
    "batch": "Batch",
    "layer": "Layer",
    "group": "Group",
    "instance": "Instance",
    "channel_layer": "Channel Layer",
    "rms": "Root Mean Square",
}


def title(study: Study) -> str:
    """The normalizations compared and the dataset."""
    names = [norm_name(norm) for norm in norms(study) if norm != "none"]
    what = f"{listing(names)} Normalization" if names else "A network without normalization"
    return f"{what} on {study.config['dataset']['name']}"


def norm_name(norm: str) -> str:
    """What a normalization is called before the word Normalization, also one of the user's own."""
    return NORM_NAMES.get(norm, capital(norm.replace("_", " ")))


def norms(study: Study) -> list[str]:
    """The kinds of normalization in use, in the order of the config."""
    return list(dict.fromkeys(study.recipe(variant)["norm"] for variant in study.labels))


def original(study: Study) -> tuple[str, str, str, str] | None:
    """The original with a link, for `Page.link`; None where none of its numbers is shown."""
    if study.summary["reference"].isna().all():
        return None
    return ("The original is", NAME, URL, f" by {AUTHORS}.")


def published(study: Study) -> str:
    """For the default study: where the answer from many seeds is published."""
    default = set(study.labels) == set(MODELS) and not departures(study.config, study.recipes)
    if len(study.seeds) > 1 or not default:
        return ""
    return (
        "One run per model is what the original has. The answer from many seeds is published in"
        " this project's repository: docs/claims.md."
    )


def data(study: Study) -> str:
    """What images were used, and who made them."""
    dataset, facts = study.config["dataset"], study.facts
    parts = [
        ("the first " if dataset[f"{split}_images"] else "")
        + counted(study.images(split), f"{name} image")
        for split, name in (("train", "training"), ("test", "test"))
    ]
    text = (
        f"{dataset['name']}: {listing(parts)} are used, each of 28×28 grey levels in"
        f" {len(facts.classes)} classes."
    )
    return f"{text} {facts.attribution}." if facts.attribution else text


def transforms(study: Study) -> str:
    """How the images are transformed before the network gets them."""
    known = study.recipe(next(iter(study.labels)))
    scale = f"(x − {known['mean']:g})/{known['std']:g}, with x the grey level from 0 to 1"
    return (
        "Whenever a training image is used, it is rotated by a random angle (nearest neighbour),"
        " its brightness and contrast are changed by random factors in random order (the recipe"
        f" has the ranges), and it is scaled to {scale}. Test images are only scaled."
    )


def misclassified(study: Study, variant: str) -> str:
    """The caption of a variant's first errors with the first seed."""
    seed, shown = study.seeds[0], study.config["misclassified"]
    table = study.errors(variant, seed)
    head, label = table.head(shown["count"]), study.labels[variant]
    if head.empty:
        return f"{label}: no errors."
    order = "in test-set order" if shown["order"] == "index" else "highest confidence first"
    caption = (
        f"{label}, seed {seed}: {len(head):,} of its {counted(len(table), 'error')} among"
        f" {study.images('test'):,} test images, {order}."
    )
    if head["disputed"].any():
        caption += " A dagger marks a disputed label."
    return caption


INSTANCE_NOTE = (
    "If each channel of an image is normalized separately (Instance Normalization, or groups of"
    " one channel), this network cannot learn: its last layer averages each channel over all"
    " positions, and after such a normalization that average is the learned offset for every image."
)


def normalization_notes(study: Study) -> list[str]:
    """What a reader should know about the normalizations in use."""
    used = norms(study)
    notes = []
    if "batch" in used:
        notes.append(
            "In training, Batch Normalization mixes the images of a batch. In evaluation it uses"
            " running averages of the means and variances instead, so an image's result does not"
            " depend on the other images."
        )
    if "layer" in used:
        notes.append(
            "Layer Normalization here is Group Normalization with one group"
            f"{', as in the original' if study.reference is not None else ''}: a factor and"
            " an offset per channel. PyTorch's LayerNorm over (C, H, W) has the"
            " same means and variances but a factor and an offset per activation, and the LayerNorm"
            " of ConvNeXt-style networks averages over the channels alone."
        )
    variants = study.config["variants"].values()
    if any(group_setting(variant) == ("channels_per_group", 1) for variant in variants):
        notes.append(INSTANCE_NOTE)
    if "channel_layer" in used:
        notes.append(
            "Channel Layer Normalization is that of ConvNeXt-style networks: each position of an"
            " image has its own mean and variance, taken over its channels."
        )
    if "rms" in used:
        notes.append(
            "Root Mean Square Normalization uses 0 as the mean, so the variance is the mean square"
            " (Zhang and Sennrich 2019). Its authors use no offset; here it has one, like the"
            " others."
        )
    if "none" in used:
        notes.append("The variant without normalization leaves the activations as they are.")
    return notes


def command(study: Study) -> str:
    """Introduces the command that made the results."""
    known = ", at the commit given below" if study.provenance["sources"] else ""
    return f"In a copy of the sources{known}, this command produced the results:"


def repeatability(study: Study) -> str:
    """The seeds, and what they fix."""
    seeds = numbers(study.seeds)
    if len(set(study.seed_counts)) > 1:
        seeds += f", of each model the first {span(study.seed_counts)}"
    return (
        f"{'Seed' if len(study.seeds) == 1 else 'Seeds'}: {seeds}. A seed fixes the initial"
        " weights, the order of the images, their augmentation and the dropout, each by its own"
        " random stream; runs with the same seed get the same images in the same order with the"
        " same augmentation. The same machine with the same versions reproduces the numbers"
        " exactly. On another processor, floating-point sums round differently, and the results can"
        " differ as much as between two seeds."
    )


WORKBOOK = (
    "The file normalization_example.xlsx in the results folder is the same example as a workbook"
    " with formulas: change a number and see what follows."
)
FILES = (
    "The results folder also has report.ipynb (the notebook with its code), provenance.json"
    " (config, versions, machine, checksums), normalization_example.xlsx, and a folder for each run"
    " with its checkpoint, predictions and misclassified images."
)


def glossary(study: Study) -> dict[str, str]:
    """The report's own terms with their meanings."""
    terms = {
        "seed": "The number from which all random choices of a run are derived. Runs with the same"
        " seed are a pair.",
        "running train accuracy": "Measured during training: in train mode, with dropout, on"
        " augmented images, while the weights still change. It does not measure overfitting.",
        "evaluated train accuracy": "Measured after training: in evaluation mode, on the training"
        " images without augmentation.",
        "gap": "Train accuracy minus test accuracy, in percentage points.",
    }
    if not study.comparisons.empty:
        limit = study.config["verdicts"]["margin"]
        terms["margin"] = f"The largest difference that does not matter: ±{limit:g} points."
    if study.reference is not None:
        terms["original"] = (
            f"The replicated experiment: {NAME} by {AUTHORS}. Its train accuracy is the"
            " running one."
        )
    return terms


def claims(study: Study) -> list[str]:
    """How the verdicts are reached; nothing for a study without claims."""
    if study.comparisons.empty:
        return []
    confidence, margin = study.config["verdicts"]["confidence"], study.config["verdicts"]["margin"]
    contrasts = len(study.comparisons)
    family = f"All {contrasts} intervals together are" if contrasts > 1 else "The interval is"
    return [
        "Runs with the same seed are pairs. A claim holds if it holds against every rival: if the"
        " interval of the mean paired difference lies on the claimed side of zero. It is"
        " contradicted if some interval lies on the other side, and makes no difference that"
        f" matters if some interval lies within ±{margin:g} points; otherwise it is undecided."
        f" {family} right with {100 * confidence:g} % confidence (paired t-intervals"
        f"{', Bonferroni' if contrasts > 1 else ''})."
    ]


PARTS = {"claims": "the claims", "margin": "the margin or confidence", "looks": "the looks"}


def looks(study: Study) -> list[str]:
    """When the verdicts were read, and whether that was as stated."""
    settings, history = study.config["verdicts"], list(study.looks)
    found = []
    if planned := settings["looks"]:
        at = listing([f"{look:,}" for look in planned])
        found.append(
            f"The verdicts are read at {at} seeds, stated in advance, and alpha is divided"
            " among these looks. A claim is judged at the first look that decides it."
        )
        taken = max((look for look in planned if look <= len(study.seeds)), default=0)
        beyond = len(study.seeds) - taken
        if beyond and taken:
            found.append(
                f"{capital(spelled(beyond))} of the {len(study.seeds)} seeds"
                f" {'lies' if beyond == 1 else 'lie'} beyond the last look taken:"
                " shown, and not part of any verdict."
            )
    elif earlier := unplanned_looks(history, settings):
        when = listing([f"{look['seeds']:,} seeds ({look['taken'][:10]})" for look in earlier])
        found.append(
            f"Verdicts were read before, with {when}, without looks stated in advance: each further"
            " reading raises the chance of a wrong verdict above what the confidence says."
        )
    if until_decided(study.config):
        found += _until_decided(study)
    if change := changed_since(history):
        look, parts = change
        found.append(
            f"After verdicts had been read with {look['seeds']:,} seeds on {look['taken'][:10]},"
            f" something was changed: {listing([PARTS[part] for part in parts])}. The confidence"
            " is that of verdicts whose terms were stated before the runs."
        )
    return found


def _until_decided(study: Study) -> list[str]:
    """How many runs were saved, what each look decided, and which models went on."""
    planned, labels = len(seeds_of(study.config)), study.labels
    counts = dict(zip(labels, study.seed_counts, strict=True))
    found = [
        f"{counted(len(study.runs), 'run was', 'runs were')} trained, where {planned:,} seeds"
        f" of each of {counted(len(labels), 'model')} would have taken {planned * len(labels):,}."
    ]
    dates = {
        look["seeds"]: look["taken"][:10]
        for look in study.looks
        if look["seeds"] in study.config["verdicts"]["looks"]  # not those of an earlier plan
    }
    says = {claim["id"]: f"“{claim['says'].rstrip('.')}”" for claim in study.config["claims"]}
    for look, date in sorted(dates.items()):
        own = study.claims[(study.claims["look"] == look) & study.claims["verdict"].isin(DECIDED)]
        decided = listing([says[claim] for claim in own["claim"]])
        text = f"Look at {look:,} seeds, {date}: decided {decided or 'no claim'}."
        if further := [labels[name] for name, count in counts.items() if count > look]:
            text += f" Trained further: {listing(further)}."
        found.append(text)
    return found


def failed_runs(study: Study) -> str:
    """A warning of the runs that look like failures; "" without any."""
    failed = study.runs[study.runs["looks_failed"].astype(bool)]
    if failed.empty:
        return ""
    named = [
        f"{study.labels[run.variant]} with seed {run.seed} ({run.test_accuracy:.2f} %)"
        for run in failed.head(MANY).itertuples()
    ]
    more = f" and {len(failed) - MANY:,} more" if len(failed) > MANY else ""
    return (
        f"Warning: {listing(named)}{more} {'looks' if len(failed) == 1 else 'look'} like a failure:"
        f" test accuracy more than {FAR} robust standard deviations below the other runs of the"
        " model. Intervals and verdicts assume runs without failures; look at the curves before"
        " you trust them."
    )


def limits(study: Study) -> list[str]:
    """What these results cannot say."""
    dataset, seeds, images = study.config["dataset"], len(study.seeds), study.images("test")
    several = len(study.labels) > 1
    mnist = dataset["name"] == "MNIST" and images == 10_000
    found = []
    if seeds == 1:
        found.append(
            "One seed does not show how much another seed would change the results."
            + (
                " Repeated trainings of small networks near 99.5 % on MNIST have a standard"
                " deviation of 0.05 to 0.08 points, that is 5 to 8 test images."
                if mnist
                else ""
            )
        )
    tests = study.tests()
    best, low, high = tests.loc[tests["accuracy"].idxmax(), ["accuracy", "ci_low", "ci_high"]]
    found.append(
        f"Test-set sampling error: with {images:,} test images, Wilson's 95 % interval of an"
        f" accuracy of {best:.2f} % is {low:.2f}–{high:.2f} %."
        + (
            " All models are tested on the same images, so differences between them are less"
            " uncertain than that."
            if several
            else ""
        )
    )
    if study.label_issues is not None:
        doubted = int((study.label_issues["test_index"] < images).sum())
        if doubted:
            found.append(
                f"Of the {images:,} test labels {doubted:,} are disputed (Northcutt et al. 2021),"
                f" which is {100 * doubted / images:.2f} points of accuracy."
            )
    if study.reference is not None:
        found.append(
            "The original's random numbers cannot be drawn again. Its runs are one more sample of"
            " each model's results, not values that a replication must reach."
        )
    found.append(
        f"This is one small network, one dataset and one recipe: other networks, batch sizes or"
        f" data may {'rank the normalizations differently' if several else 'give other results'}."
    )
    return found
