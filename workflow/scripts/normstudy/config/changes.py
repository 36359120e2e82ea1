"""What changed in the config since runs were trained, from the records in their folders."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from ..records.files import read_json, write_json
from ..running.code_digest import code_digests
from .study import StudyConfig

LONGEST = 40  # characters of a value that is shown
OF_DATASET = ("mean", "std", "num_classes")  # keys of a recipe that follow from the dataset
ABSENT = "(none)"


@dataclass(frozen=True)
class Run:
    """A run of the config and what it would be trained by."""

    variant: str
    seed: int
    recipe: Mapping  # `StudyConfig.run_parameters`
    data: Mapping  # file name → SHA-256; empty where that is not known
    folder: Path
    kept: Mapping = field(default_factory=dict)  # what `keep` noted of each run
    state: Path | None = None  # from which it would resume

    def differences(self) -> tuple[str, ...] | None:
        """What changed since it was trained, such as "max_lr 0.015 → 0.03"; None: no record."""
        record = read_json(self.folder / "provenance.json")
        kept = self.kept.get(str(self.folder), {})
        if record and kept.get("started") == record.get("started"):  # not trained since
            record |= kept
        before, code = record.get("recipe"), record.get("code", {})
        if not isinstance(before, dict):
            return None
        try:
            same = code_digests(*code) == code
        except (OSError, TypeError):  # it names no code, or a module that is gone
            same = False
        causes = [] if same else ["the training code changed"]
        if self.data and record.get("data_sha256", self.data) != self.data:
            causes.append("the data changed")
        changed = dict(_differences(before, self.recipe))
        if "dataset" in changed:
            changed = {key: words for key, words in changed.items() if key not in OF_DATASET}
        return (*causes, *changed.values())


def _differences(before: Mapping, now: Mapping) -> Iterator[tuple[str, str]]:
    """Each key that differs, with both values."""
    for key in {**before, **now}:
        old, new = before.get(key, ABSENT), now.get(key, ABSENT)
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from _differences(old, new)  # norm_options
        elif old != new and new not in (None, "auto"):  # which the job decides
            values = f"{old} → {new}"
            yield key, f"{key} {values}" if len(values) <= LONGEST else f"{key} changed"


def keep(runs: Iterable[Run], path: Path) -> None:
    """Note that `snakemake --touch` keeps these runs, whatever they were trained by."""
    kept = read_json(path)
    for run in runs:
        with suppress(OSError, KeyError, TypeError):
            record = read_json(run.folder / "provenance.json")
            facts = {"recipe": run.recipe, "code": code_digests(*record["code"])}
            data = {"data_sha256": run.data} if run.data else {}
            kept[str(run.folder)] = {"started": record.get("started")} | facts | data
    write_json(kept, path)


def study_of_tables(provenance: Path, study: StudyConfig) -> StudyConfig:
    """The study that tables were made of, from its record.

    Returns:
        `study` itself if it is the same but for `resume`, or if there is no record.
    """
    with suppress(ValueError):
        recorded = StudyConfig.model_validate(read_json(provenance).get("config"))
        if recorded.model_dump() != study.model_dump() | {"resume": None}:
            return recorded
    return study


def changes(runs: Sequence[Run]) -> list[str]:
    """A line per change, such as "gn: max_lr 0.015 → 0.03; retrains 3 runs"."""
    groups: dict[tuple[str, str], list[str]] = {}
    for run in runs:
        words = run.differences()
        if words != ():
            resumes = run.state and run.state.exists()
            new = ("continues", "run") if resumes else ("trains", "new run")
            what = (f"{', '.join(words)}; retrains", "run") if words else new
            groups.setdefault(what, []).append(run.variant)
    return [
        f"{', '.join(dict.fromkeys(names))}: {does} {len(names):,} {what}{'s' * (len(names) > 1)}"
        for (does, what), names in groups.items()
    ]


def asked(runs: Sequence[Run], words: Sequence[str]) -> list[Run]:
    """The runs that the words of a command name by variant or file; all if it names none."""
    named = [
        run
        for run in runs
        if run.variant in words or any(f"{run.folder}/" in word for word in words)
    ]
    return named or list(runs)
