"""The report's computed sentences about accuracy: what was compared, found and claimed.

Each function takes a `Study` and gives plain text, "" where there is nothing to say.
"""

import pandas as pd

from .figures import wilson
from .replicated import departures
from .study import Study
from .summary import mean_interval
from .wording import capital, counted, listing, minus, signed, spelled

UNIT = {"loss": "nats per image", "accuracy": "points", "gap": "points"}


def compared(study: Study) -> str:
    """What was trained on what, in one sentence."""
    labels = list(study.labels.values())
    networks = (
        f"{capital(spelled(len(labels)))} small convolutional networks, "
        if len(labels) > 1
        else "A small convolutional network, "
    )
    epochs = sorted({study.recipe(variant)["epochs"] for variant in study.labels})
    passes = listing([f"{e:,}" for e in epochs])
    dataset = study.config["dataset"]
    first = {s: "the first " if dataset[f"{s}_images"] else "" for s in ("train", "test")}
    train = f"{first['train']}{counted(study.images('train'), 'training image')}"
    test = f"{first['test']}{counted(study.images('test'), 'test image')}"
    seeds = len(study.seeds)
    return (
        f"{networks}{listing(labels)}, trained for {passes}"
        f" {'epoch' if epochs == [1] else 'epochs'} on {train} of {dataset['name']} and tested on"
        f" {test}, with {spelled(seeds)} {'seed' if seeds == 1 else 'seeds each'}."
    )


def _ranked(study: Study) -> pd.DataFrame:
    """label, mean and deviation of the test accuracy by variant, the best first."""
    groups = study.runs.groupby("variant", sort=False)["test_accuracy"]
    table = groups.agg(["mean", "std"]).reindex(list(study.labels))
    table["label"] = list(study.labels.values())
    return table.sort_values("mean", ascending=False, kind="stable")


def answer(study: Study) -> str:
    """What these runs found about test accuracy, and whether they can tell the models apart."""
    return _answer_one_seed(study) if len(study.seeds) == 1 else _answer_seeds(study)


def _answer_one_seed(study: Study) -> str:
    ranked, images = _ranked(study), study.images("test")
    errors = (images - ranked["mean"] * images / 100).round().astype(int)
    first = ranked.iloc[0]
    among = ["errs on {} of the " + counted(images, "test image"), *["on {}"] * len(ranked)]
    parts = [
        f"{label} {words.format(f'{wrong:,}')} ({mean:.2f} % correct)"
        for label, words, wrong, mean in zip(
            ranked["label"], among, errors, ranked["mean"], strict=False
        )
    ]
    text = f"{listing(parts)}."
    bounds = [wilson(value, images) for value in ranked["mean"]]
    if len(ranked) == 1:
        return f"{text} Wilson's 95 % interval is {_range(bounds[0])}."
    below = [
        label
        for label, (_, high) in zip(ranked["label"], bounds, strict=True)
        if high < bounds[0][0]
    ]
    difference = int(errors.iloc[-1] - errors.iloc[0])
    if not below:
        most = (
            "models that err equally often"
            if difference == 0
            else f"models that differ by {'at most ' if len(ranked) > 2 else ''}"
            f"{counted(difference, 'image')}"
        )
        both = "both" if len(ranked) == 2 else f"all {spelled(len(ranked))}"
        return (
            f"{text} One run cannot rank {most}: the 95 % intervals (Wilson) of {both} overlap,"
            f" from {_range(bounds[0])} for {first['label']} to {_range(bounds[-1])} for"
            f" {ranked['label'].iloc[-1]}."
        )
    beside = [label for label in ranked["label"].iloc[1:] if label not in below]
    overlap = f", and overlaps with {listing(beside)}'s" if beside else ""
    return (
        f"{text} The 95 % interval (Wilson) of {first['label']}, {_range(bounds[0])}, lies wholly"
        f" above {'that' if len(below) == 1 else 'those'} of {listing(below)}{overlap}. That is"
        " about these trained networks: with one seed, how much another would change is unknown."
    )


def _range(bounds: tuple[float, float]) -> str:
    return f"{bounds[0]:.2f}–{bounds[1]:.2f} %"


def _answer_seeds(study: Study) -> str:
    ranked, images, seeds = _ranked(study), study.images("test"), len(study.seeds)
    parts = [f"{row.label} {row.mean:.2f} ± {row.std:.2f} %" for row in ranked.itertuples()]
    text = (
        f"Over {spelled(seeds)} seeds the mean test accuracy (± standard deviation), of"
        f" {counted(images, 'image')}, is: {listing(parts)}."
    )
    if len(ranked) == 1:
        return text
    best, *rivals = ranked.index
    by_seed = study.runs.pivot(index="seed", columns="variant", values="test_accuracy")
    apart, level = [], []
    for rival in rivals:
        difference = by_seed[best] - by_seed[rival]
        mean, _, low, high = mean_interval(difference)
        ahead = int((difference > 0).sum())
        clause = (
            f"{study.labels[rival]} by {mean:.2f} points"
            f" ({signed(low)} to {signed(high)}; ahead in {ahead} of {seeds} seeds)"
        )
        (apart if low > 0 else level).append(clause)
    text += f" {study.labels[best]} leads"
    if apart:
        text += f" {listing(apart)}, where the 95 % interval of the paired difference excludes 0"
    if apart and level:
        text += ", and"
    if level:
        text += f" {listing(level)}, where that interval includes 0: no difference is shown"
    return text + ". These intervals are not corrected for having picked the best first."


def replication(study: Study) -> str:
    """How the numbers stand beside those of the replicated study."""
    if study.reference is None:
        return ""
    table = study.summary[study.summary["metric"] == "test_accuracy"].set_index("variant")
    table = table[table["reference"].notna()]
    if table.empty:
        return ""
    departed = departures(study.config)
    if departed:
        return (
            "These runs do not follow the recipe of the replicated study"
            f" ({'; '.join(departed)}): its numbers are shown for orientation, and the differences"
            " from them do not test it."
        )
    difference = (table["mean"] - table["reference"]).round(4)
    farthest = difference.abs().idxmax()
    text = (
        "Against the replicated study, which made one run of each model, the test accuracies here"
        f" differ by {signed(difference[farthest])} points ({study.labels[farthest]})"
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


def claim(study: Study, claim: dict) -> str:
    """Whether a claim's direction holds in the tables, against each rival and by how much."""
    variant, metric = claim["variant"], claim["metric"]
    rivals = claim["against"]
    if rivals == "all":
        rivals = [name for name in study.labels if name != variant]
    if not rivals:
        return "There is no other model in this study to compare with."
    sign = 1 if claim["direction"] == "higher" else -1
    by_seed = study.runs.pivot(index="seed", columns="variant", values=metric)
    held, clauses = 0, []
    for rival in rivals:
        lead = sign * (by_seed[variant] - by_seed[rival]).round(6)
        mean = lead.mean().round(6)
        size = _size(study, metric, abs(mean))
        seeds = f", ahead in {(lead > 0).sum()} of {len(lead)} seeds" if len(lead) > 1 else ""
        if mean > 0:
            held += 1
            clauses.append(f"it holds against {study.labels[rival]} by {size}{seeds}")
        elif mean < 0:
            clauses.append(f"it fails against {study.labels[rival]} by {size}{seeds}")
        else:
            clauses.append(f"it is level with {study.labels[rival]}")
    whole = "holds" if held == len(rivals) else "does not hold"
    means = f" (means over {counted(len(study.seeds), 'seed')})" if len(study.seeds) > 1 else ""
    return f"In these tables the claim {whole}{means}: {'; '.join(clauses)}."


def _size(study: Study, metric: str, difference: float) -> str:
    """A difference with its unit, and in images where it is one of test accuracy."""
    unit = UNIT[next(kind for kind in UNIT if kind in metric)]
    if "loss" in metric:
        return f"{difference:.4f} {unit}"
    size = f"{difference:.2f} {unit}"
    if metric != "test_accuracy":
        return size
    images = difference * study.images("test") / 100
    count = counted(round(images), "image") if len(study.seeds) == 1 else f"{images:.1f} images"
    return f"{size} ({count}{'' if len(study.seeds) == 1 else ' on average'})"


def overfitting(study: Study) -> str:
    """The two differences between train and test accuracy, for each variant."""
    means = study.runs.groupby("variant", sort=False)[["gap", "gap_evaluated"]].mean()
    parts = [
        f"{label} {minus(f'{means.gap[variant]:.2f}')} and {minus(f'{means.gap_evaluated[variant]:.2f}')}"
        for variant, label in study.labels.items()
    ]
    return (
        "Train minus test accuracy in points, first with the running train accuracy, then with that"
        f" of the finished network on the images as they are: {'; '.join(parts)}."
    )
