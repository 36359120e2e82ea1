"""The report's computed sentences about accuracy: what was compared and found.

Each function takes a `Study` and gives plain text, "" where there is nothing to say.
"""

from collections.abc import Iterable

from ...statistics.verdicts.rule import HOLDING, Verdict
from ..original import departures
from ..study import Study
from .verdicts import judgement
from .wording import MANY, capital, counted, listing, span, spelled

WORDS = 15  # of a headline at most


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
    epochs = sorted({study.recipes[variant]["epochs"] for variant in study.labels})
    passes = listing([f"{e:,}" for e in epochs])
    dataset = study.config["dataset"]
    first = {s: "the first " if dataset[f"{s}_images"] else "" for s in ("train", "test")}
    train = f"{first['train']}{counted(study.images('train'), 'training image')}"
    test = f"{first['test']}{counted(study.images('test'), 'test image')}"
    seeds = (
        "one seed" if len(study.seeds) == 1 else f"{span(study.seed_counts, spelled)} seeds each"
    )
    return (
        f"{networks}, trained for {passes}"
        f" {'epoch' if epochs == [1] else 'epochs'} on {train} of {dataset['name']} and tested on"
        f" {test}, with {seeds}."
    )


def headline(study: Study) -> str:
    """The answer in at most fifteen words."""
    if study.judged:
        return _first_short(_judged(study))
    return _first_short(_errors(study) if len(study.seeds) == 1 else _means(study))


def _first_short(texts: Iterable[str]) -> str:
    """The first text of at most WORDS words, else the last."""
    text = ""
    for text in texts:
        if len(text.split()) <= WORDS:
            break
    return text


def _judged(study: Study) -> Iterable[str]:
    """Headlines of a study with verdicts, the most telling first."""
    claims = study.claims.set_index("claim")
    verdicts, looks = claims["verdict"], claims["look"].dropna().astype(int)
    over = f"over {'up to ' * (looks.nunique() > 1)}{spelled(looks.max())} seeds"
    says = {claim["id"]: claim["says"].rstrip(".") for claim in study.config["claims"]}
    held = [says[claim] for claim, verdict in verdicts.items() if verdict in HOLDING]
    small, total = int((verdicts == Verdict.TOO_SMALL).sum()), len(verdicts)
    others = verdicts[~verdicts.isin(HOLDING)].value_counts()
    names = {Verdict.NO_DIFFERENCE: "with no difference that matters"}
    tally = listing(
        [f"{spelled(count)} {names.get(verdict, verdict)}" for verdict, count in others.items()]
    )
    if total == 1:
        yield f"“{says[verdicts.index[0]]}”: {verdicts.iloc[0]} {over}"
        yield f"The claim: {verdicts.iloc[0]} {over}"
        return
    number = capital(spelled(len(held))) if held else "None"
    hold = f"{number} of {spelled(total)} claims {'hold' if len(held) > 1 else 'holds'}"
    hold = f"All {spelled(total)} claims hold" if len(held) == total else hold
    if len(held) == 1 and not small:
        yield f"{held[0]}. Other claims {over}: {tally}"
    hold_over = f"{hold} {over}" + f"; {spelled(small)} too small to matter" * bool(small)
    yield f"{hold_over}; {tally}" if tally else hold_over
    yield hold_over
    yield f"{hold} {over}"


def _errors(study: Study) -> Iterable[str]:
    """Headlines of a study with one run of each model."""
    errors = study.tests().set_index("variant")["errors"].reindex(list(study.labels))
    errors = errors.sort_values(kind="stable")
    images = counted(study.images("test"), "image")
    first, low, high = study.labels[errors.index[0]], errors.iloc[0], errors.iloc[-1]
    fewest = counted(low, "error")
    if len(errors) == 1:
        yield f"{first}: {fewest} in {images}, one run"
        yield f"{capital(fewest)} in {images}, one run"
    elif _apart(study, errors.index[0], errors.index[1]):
        yield f"{first} leads with {fewest} in {images}, one run each"
        yield f"One model leads with {fewest} in {images}, one run each"
    elif low == high:
        yield f"No winner: {fewest} in {images}, one run each"
    else:
        yield f"No winner: {low:,} to {high:,} errors in {images}, one run each"


def _means(study: Study) -> Iterable[str]:
    """Headlines of a study with several seeds and no claims, which ranks nothing."""
    means = study.of_metric("test_accuracy")["mean"]
    over = f"over {spelled(len(study.seeds))} seeds"
    low, high = (f"{value:.2f}" for value in (means.min(), means.max()))
    if len(means) == 1:
        yield f"{study.labels[means.index[0]]}: mean test accuracy {low} % {over}"
    between = low if low == high else f"{low} to {high}"
    tested = "no claim was tested" if study.claims.empty else "no claim is judged yet"
    yield f"Mean test accuracy {between} % {over}" + f"; {tested}" * (len(means) > 1)


def _apart(study: Study, best: str, rival: str) -> bool:
    """Whether the interval of the best lies wholly above the rival's, of one run each."""
    tests = study.tests().set_index("variant")
    return tests.loc[best, "ci_low"] > tests.loc[rival, "ci_high"]


def _names(labels: list[str]) -> str:
    """The labels, or how many there are if they are many."""
    return listing(labels) if len(labels) <= MANY else f"{spelled(len(labels))} models"


def meaning(study: Study) -> list[str]:
    """What the picture means, in paragraphs, without its numbers again."""
    return [
        _one_seed(study) if len(study.seeds) == 1 else "",
        judgement(study.claims, study.config),
    ]


def _one_seed(study: Study) -> str:
    """What the intervals of one run of each model say about their order."""
    if len(study.labels) == 1:
        return ""
    accuracies = study.tests().set_index("variant")["accuracy"]
    best, *rivals = accuracies.sort_values(ascending=False, kind="stable").index
    below = [study.labels[rival] for rival in rivals if _apart(study, best, rival)]
    if not below:
        both = "both models" if len(rivals) == 1 else f"all {spelled(len(study.labels))} models"
        return (
            "One run per model cannot rank the methods, and the 95 % intervals (Wilson) of"
            f" {both} overlap."
        )
    beside = [study.labels[rival] for rival in rivals if study.labels[rival] not in below]
    overlap = f" and overlaps {_whose(beside)}" if beside else ""
    return (
        f"The 95 % interval (Wilson) of {study.labels[best]} is entirely above {_whose(below)}"
        f"{overlap}. That is about these trained networks: one run per model cannot show how much"
        " another seed would change."
    )


def _whose(labels: list[str]) -> str:
    return f"{'that' if len(labels) == 1 else 'those'} of {_names(labels)}"


def replication(study: Study) -> str:
    """How the numbers compare with those of the original."""
    if study.reference is None:
        return ""
    table = study.summary[study.summary["metric"] == "test_accuracy"].set_index("variant")
    table = table[table["reference"].notna()]
    if table.empty:
        return ""
    departed = departures(study.config, study.recipes)
    if departed:
        return (
            f"These runs do not follow the original's recipe ({'; '.join(departed)}): its"
            " numbers are shown for orientation, and the differences do not test it."
        )
    if len(table) == 1:
        return ""
    ours, theirs = (
        [study.labels[v] for v in table.sort_values(c, ascending=False, kind="stable").index]
        for c in ("mean", "reference")
    )
    if ours == theirs:
        return "The models come in the same order as in the original."
    return (
        f"By test accuracy the original's order is {listing(theirs)}; here it is {listing(ours)}."
    )
