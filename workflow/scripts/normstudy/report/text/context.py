"""The report's sentences about the context of the numbers: data, errors, limits, terms.

Each function takes a `Study` and gives plain text.
"""

from ..original import AUTHORS, MODELS, NAME, URL, departures
from ..study import Study
from .wording import counted, listing, numbers, span


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
    known = study.recipes[next(iter(study.labels))]
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


def command(study: Study) -> str:
    """Introduces the command that made the results."""
    commit = ""
    if sources := study.provenance.sources:
        changed = " with changes that are not committed" if sources["modified"] else ""
        commit = f" at commit {sources['commit'][:7]}{changed}"
    return f"In a copy of the sources{commit}, this command produced the results:"


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
                " Thirty seeds of this network have a standard deviation of 0.04 to 0.06 points,"
                " that is 4 to 6 test images (docs/claims.md)."
                if mnist
                else ""
            )
        )
    tests = study.tests()
    best, low, high = tests.loc[tests["accuracy"].idxmax(), ["accuracy", "ci_low", "ci_high"]]
    found.append(
        f"Test-set sampling error: with {images:,} test images, Wilson's 95 % interval of an"
        f" accuracy of {best:.2f} % is {low:.2f}–{high:.2f} %."
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
