"""How the verdicts are reached, when they were read, and which runs look like failures.

Each function takes a `Study` and gives plain text.
"""

from ...config.resolved import seeds, until_decided
from ...statistics.failures import FAR
from ...statistics.verdicts.looks import changed_since, unplanned_looks
from ...statistics.verdicts.rule import DECIDED
from ..study import Study
from .wording import MANY, capital, counted, listing, spelled


def claims(study: Study) -> list[str]:
    """How the verdicts are reached; nothing for a study without claims."""
    if study.comparisons.empty:
        return []
    confidence, margin = study.config["verdicts"]["confidence"], study.config["verdicts"]["margin"]
    contrasts = len(study.comparisons)
    return [
        "Runs with the same seed are pairs, and each comparison with a rival has two paired"
        " t-intervals of the mean difference. A claim holds if against every rival the wider one"
        " lies on the claimed side of 0. It is contradicted if against some rival it lies on the"
        " other side, and makes no difference that matters if against some rival the narrower one"
        f" lies within ±{margin:g} points; otherwise it is undecided. The chance of any wrong"
        f" verdict in the study is at most {100 * (1 - confidence):g} %"
        f"{f', divided among {contrasts} comparisons (Bonferroni)' if contrasts > 1 else ''}, if"
        " differences are roughly normal."
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
            " among these looks. A claim, and each comparison it makes, is judged at the first look"
            " that decides it."
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
        when = listing([f"{look.seeds:,} seeds ({look.taken[:10]})" for look in earlier])
        found.append(
            f"Verdicts were read before, with {when}, without looks stated in advance: each further"
            " reading raises the chance of a wrong verdict above what the confidence says."
        )
    if until_decided(study.config):
        found += _until_decided(study)
    if change := changed_since(history):
        look, parts = change
        found.append(
            f"After verdicts had been read with {look.seeds:,} seeds on {look.taken[:10]},"
            f" something was changed: {listing([PARTS[part] for part in parts])}. The confidence"
            " is that of verdicts whose terms were stated before the runs."
        )
    return found


def _until_decided(study: Study) -> list[str]:
    """How many runs were saved, what each look decided, and which models went on."""
    planned, labels = len(seeds(study.config)), study.labels
    counts = dict(zip(labels, study.seed_counts, strict=True))
    found = [
        f"{counted(len(study.runs), 'run was', 'runs were')} trained, where {planned:,} seeds"
        f" of each of {counted(len(labels), 'model')} would have taken {planned * len(labels):,}."
    ]
    dates = {
        look.seeds: look.taken[:10]
        for look in study.looks
        if look.seeds in study.config["verdicts"]["looks"]  # not those of an earlier plan
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
        f" test accuracy more than {FAR} standard deviations below the other runs of the model."
        " Intervals and verdicts assume runs without failures; look at the curves before"
        " you trust them. A rare failure is usually not among the runs."
    )
