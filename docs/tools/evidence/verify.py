"""Published runs trained again on this machine, and compared bit by bit."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from normstudy.errors import StudyError
from normstudy.records import layout
from normstudy.records.json_records import RunRecord
from normstudy.records.provenance import versions
from normstudy.records.read_tables import read_table
from normstudy.records.tables import EVALUATION, METRICS, MISCLASSIFIED

from .store import Evidence, of_run, read, trained

# Table of the evidence → a run's file, its columns, the rule that makes it, and what a row is of.
FILES = {
    "epochs": ("metrics.csv", METRICS, "train", "epoch"),
    "evaluation": ("evaluation.csv", EVALUATION, "misclassified", "split"),
    "errors": ("misclassified.csv", MISCLASSIFIED, "misclassified", "index"),
}
PACKAGES = ("numpy", "numba")


def verify(
    project: Path,
    name: str,
    runs: list[tuple[str, int]] | None = None,
    cores: int = 1,
    say: Callable[[str], None] = print,
) -> bool:
    """Train runs of a published study again, by Snakemake and the study's config.

    They go to results/verify/<name>, where an interrupted verification resumes. The files of equal
    runs are deleted in the end.

    Args:
        project: the project's folder.
        runs: (variant, seed) of each; None is the first published one.
        cores: number of runs to train at once.
        say: receives a few lines per run.

    Returns:
        Whether each was compared and is equal.

    Raises:
        StudyError: a run was not published, or could not be trained.
    """
    evidence, results = read(project / "docs/evidence" / name), Path("results/verify", name)
    runs = runs or evidence.names[:1]
    for variant, seed in set(runs) - set(evidence.names):
        raise StudyError(f"docs/evidence/{name} has no run {variant}/{seed}")
    folders = {
        run: layout.run_folder(results, *run)
        for run in runs
        if evidence.facts["recipes"][run[0]].get("engine") == "kernels"
    }
    if folders:
        files = [str(folder / "evaluation.csv") for folder in folders.values()]
        study = ["--configfile", f"workflow/studies/{name}.yaml", "--config", f"results={results}"]
        snakemake = [sys.executable, "-m", "snakemake", "--cores", str(cores), *files, *study]
        if subprocess.run(snakemake, cwd=project).returncode:
            raise StudyError("a run could not be trained; see above")
    equal = set()
    for run in runs:
        title = f"{run[0]} seed {run[1]}"
        if run not in folders:
            say(f"{title} cannot be compared: another engine, PyTorch, trained it")
            continue
        folder = project / folders[run]
        here = RunRecord.read(folder / "provenance.json")
        differs = difference(evidence, run, folder)
        say(f"{title}: {differs or 'equal'} (weights {here.tensors_sha256[:16]})")
        say(f"  published: {_machine(evidence.record(run), evidence.facts['versions'])}")
        say(f"  here:      {_machine(vars(here), versions(project / 'requirements.in'))}")
        if differs:
            say(f"  Its files are in {folders[run]}: delete them to train it again")
        else:
            shutil.rmtree(folder)
            equal.add(run)
    return equal == set(runs)


def difference(evidence: Evidence, run: tuple[str, int], folder: Path) -> str:
    """The first thing in which the run in a folder differs from the published one; "" if none."""
    here, published = RunRecord.read(folder / "provenance.json"), evidence.record(run)
    parts: list[tuple[str, dict, dict]] = [
        ("data", published["data_sha256"], here.data_sha256),
        ("recipe", trained(evidence.facts["recipes"][run[0]]), trained(here.recipe)),
    ]
    for name, (file, columns, rule, key) in FILES.items():
        table = of_run(getattr(evidence, name), run)
        both = table, read_table(folder / file, columns, rule)[[*table]]
        theirs, ours = (rows.round(10).set_index(key).to_dict("index") for rows in both)
        for place in sorted(theirs.keys() | ours.keys()):
            parts.append((f"{key} {place}", theirs.get(place, {}), ours.get(place, {})))
    weights = "tensors_sha256"
    parts.append(("weights", {weights: published[weights]}, {weights: here.tensors_sha256}))
    for what, there, own in parts:
        for field in {**there, **own}:
            if own.get(field) != there.get(field):
                values = f"{own.get(field)} here, {there.get(field)} published"
                return f"differs first in {what}: {field} is {values}"
    return ""


def _machine(record: dict, packages: dict) -> str:
    """Processor and versions of a run.

    Args:
        packages: of the study's tables, which may be made where a run was not. A run records
            PyTorch's version only: if that is the same, the others are its own, too.
    """
    own, tables = (text.partition("+")[0] for text in (record["torch"], packages["torch"] or ""))
    names = [name for name in PACKAGES if own == tables and packages.get(name)]
    known = [f"{name} {packages[name]}" for name in names]
    return ", ".join([record["processor"], f"Python {record['python']}", *known, f"torch {own}"])
