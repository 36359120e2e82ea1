"""The report's computed sentences about accuracy: what was compared and found.

Each function takes a `Study` and gives plain text, "" where there is nothing to say.
"""

import pandas as pd

from ..original import departures
from ..study import Study
from .verdicts import judgement
from .wording import FEW, MANY, capital, counted, listing, signed, spelled


def compared(study: Study) -> str:
    """What was trained on what, in one sentence."""
    labels = list(study.labels.values())
    networks = (
        f"{capital(spelled(len(labels)))} small convolutional networks"
        if len(labels) > 1
        else "A small convolutional network"
    )
    if len(labels) <= MANY:
        networks += f" ({listing(labels)})"
    epochs = sorted({study.recipe(variant)["epochs"] for variant in study.labels})
    passes = listing([f"{e:,}" for e in epochs])
    dataset = study.config["dataset"]
    first = {s: "the first " if dataset[f"{s}_images"] else "" for s in ("train", "test")}
    train = f"{first['train']}{counted(study.images('train'), 'training image')}"
    test = f"{first['test']}{counted(study.images('test'), 'test image')}"
    seeds = len(study.seeds)
    return (
        f"{networks}, trained for {passes}"
        f" {'epoch' if epochs == [1] else 'epochs'} on {train} of {dataset['name']} and tested on"
        f" {test}, with {spelled(seeds)} {'seed' if seeds == 1 else 'seeds each'}."
    )


def _ranked(study: Study) -> pd.DataFrame:
    """label, mean and standard_deviation of the test accuracy by variant, the best first."""
    table = study.of_metric("test_accuracy").assign(label=list(study.labels.values()))
    return table.sort_values("mean", ascending=False, kind="stable")


def _shortened(clauses: list[str]) -> list[str]:
    """Of many clauses the first three, how many are left out, and the last."""
    if len(clauses) <= FEW:
        return clauses
    return [*clauses[:3], f"{spelled(len(clauses) - 4)} more between", clauses[-1]]


def _names(labels: list[str]) -> str:
    """The labels, or how many there are if they are many."""
    return listing(labels) if len(labels) <= MANY else f"{spelled(len(labels))} models"


def answer(study: Study) -> list[str]:
    """What these runs found, in paragraphs: what the verdicts are, and how accurate the models.

    With one seed, which gives no verdicts, the accuracies come first.
    """
    judged = judgement(study.claims, study.config)
    if len(study.seeds) == 1:
        return [_answer_one_seed(study), judged]
    return [judged, _means(study)] if judged else [_means(study)]


def _answer_one_seed(study: Study) -> str:
    ranked, images = _ranked(study), study.images("test")
    tests = study.tests().set_index("variant").loc[ranked.index]
    first = ranked.iloc[0]
    among = ["errs on {} of the " + counted(images, "test image"), *["on {}"] * len(ranked)]
    parts = [
        f"{label} {words.format(f'{wrong:,}')} ({mean:.2f} % correct)"
        for label, words, wrong, mean in zip(
            ranked["label"], among, tests["errors"], ranked["mean"], strict=False
        )
    ]
    text = f"{listing(_shortened(parts))}."
    bounds = list(zip(tests["ci_low"], tests["ci_high"], strict=True))
    if len(ranked) == 1:
        return f"{text} Wilson's 95 % interval is {_range(bounds[0])}."
    below = [
        label
        for label, (_, high) in zip(ranked["label"], bounds, strict=True)
        if high < bounds[0][0]
    ]
    if not below:
        both = "both" if len(ranked) == 2 else f"all {spelled(len(ranked))}"
        return (
            f"{text} One run of each cannot rank the methods: the 95 % intervals (Wilson) of"
            f" {both} overlap, from {_range(bounds[0])} for"
            f" {first['label']} to {_range(bounds[-1])} for {ranked['label'].iloc[-1]}."
        )
    beside = [label for label in ranked["label"].iloc[1:] if label not in below]
    overlap = (
        f", and overlaps with {'that' if len(beside) == 1 else 'those'} of {_names(beside)}"
        if beside
        else ""
    )
    return (
        f"{text} The 95 % interval (Wilson) of {first['label']}, {_range(bounds[0])}, lies wholly"
        f" above {'that' if len(below) == 1 else 'those'} of {_names(below)}{overlap}. That is"
        " about these trained networks: with one seed, how much another would change is unknown."
    )


def _range(bounds: tuple[float, float]) -> str:
    return f"{bounds[0]:.2f}–{bounds[1]:.2f} %"


def _means(study: Study) -> str:
    """Every model's accuracies over the seeds; of two seeds both, whose spread says little."""
    ranked, images, seeds = _ranked(study), study.images("test"), len(study.seeds)
    if seeds == 2:
        values = study.runs.groupby("variant")["test_accuracy"]
        parts = [
            f"{row.label} {' and '.join(f'{v:.2f}' for v in values.get_group(row.Index))} %"
            for row in ranked.itertuples()
        ]
        what = f"With two seeds the test accuracies, of {counted(images, 'image')}, are"
    else:
        parts = [
            f"{row.label} {row.mean:.2f} ± {row.standard_deviation:.2f} %"
            for row in ranked.itertuples()
        ]
        what = f"Over {spelled(seeds)} seeds the mean test accuracy (± standard deviation), of"
        what += f" {counted(images, 'image')}, is"
    return f"{what}: {listing(_shortened(parts))}."


def replication(study: Study) -> str:
    """How the numbers stand beside those of the replicated study."""
    if study.reference is None:
        return ""
    table = study.summary[study.summary["metric"] == "test_accuracy"].set_index("variant")
    table = table[table["reference"].notna()]
    if table.empty:
        return ""
    departed = departures(study.config, study.recipes)
    if departed:
        return (
            "These runs do not follow the recipe of the replicated study"
            f" ({'; '.join(departed)}): its numbers are shown for orientation, and the differences"
            " from them do not test it."
        )
    difference = table["difference"]
    farthest = difference.abs().idxmax()
    text = (
        "Against the replicated study, which made one run of each model, the test accuracy here"
        f" differs by {signed(difference[farthest])} points ({study.labels[farthest]})"
        if len(table) == 1
        else "Against the replicated study, which made one run of each model, the test accuracies"
        f" here differ by {signed(difference.min())} to {signed(difference.max())} points"
    )
    if len(table) == 1:
        return text + "."
    here, there = (
        [study.labels[v] for v in table.sort_values(c, ascending=False, kind="stable").index]
        for c in ("mean", "reference")
    )
    if here == there:
        return f"{text}, and the order of the models is the same."
    return f"{text}; its order was {listing(there)}, here it is {listing(here)}."
