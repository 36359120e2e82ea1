"""Which jobs run again after which change, and for which target; all by dry runs."""

import os
import random
import shutil
import time

import pytest
from helpers.project import Project

REPORTED = {"all": 1, "summarize": 1, "report": 1}
RUN_AGAIN = REPORTED | {"train": 3, "misclassified": 3}  # of three variants with a seed each
NEW_VARIANT = """variants:
  plain:
    label: No normalization
    norm: none
"""


CODE = "workflow/scripts/normstudy"
CONFIG, SAMPLE = "config.yaml", "tests/workflow/sample.yaml"
CHANGED = "CHANGED = 1\n"
ONE_RUN = {"train": 1, "misclassified": 1}
CHANGES = {  # what changes → file, text, its replacement ("": the text is added), what runs again
    "a figure": (f"{CODE}/report/figures/runs.py", "", CHANGED, {"all": 1, "report": 1}),
    "the model": (f"{CODE}/network/model.py", "", CHANGED, RUN_AGAIN | {"worked_example": 1}),
    "a new variant": (CONFIG, "variants: ", NEW_VARIANT + "#",
                      REPORTED | ONE_RUN | {"worked_example": 1}),
    "a new seed": (CONFIG, "seeds: [1]", "seeds: 2", RUN_AGAIN),
    "a claim": (CONFIG, "says: Layer Normalization overfits most", "says: LN overfits", REPORTED),
    "the margin": (CONFIG, "margin: 0.05 ", "margin: 0.07 ", REPORTED),
    "a label": (CONFIG, "label: Layer Normalization", "label: LN",
                REPORTED | {"misclassified": 1}),
    "a variant's epochs": (CONFIG, "    norm: layer", "    norm: layer\n    epochs: 2",
                           REPORTED | ONE_RUN),
    "where data are found": (SAMPLE, "tests/data/MNIST-sample", "data/MNIST-sample/raw",
                             {"all": 1, "download": 1, "worked_example": 1, "report": 1}),
}  # fmt: skip


@pytest.mark.parametrize(("path", "old", "new", "planned"), CHANGES.values(), ids=[*CHANGES])
def test_after_a_change_only_what_depends_on_it_runs_again(project, path, old, new, planned):
    if old:
        project.edit(path, old, new)
    else:
        with (project.folder / path).open("a") as file:
            file.write(new)
    assert project.planned() == planned


def test_results_are_kept_by_touch_after_a_change_of_the_model(project):
    """What README.md says to do before a normalization of one's own is tried."""
    project.append("network/model.py", "CHANGED = 1")
    said = project.snakemake("--touch")
    assert "retrains" not in said
    again = project.snakemake("-n")
    assert "Nothing to be done" in again and "retrains" not in again
    project.append("network/model.py", "CHANGED = 2")
    said = "gn, ln, bn_l1: the training code changed; retrains 3 runs\n"
    assert said in project.snakemake("-n")


def test_tables_that_touch_keeps_are_remade_where_they_are_of_another_config(project):
    without = ("--config", "variants={gn: null}", "claims=[]")
    said = project.snakemake("--touch", *without)
    assert "The report is still of another config; to remake it: snakemake all" in said
    assert project.planned(*without) == REPORTED | {"worked_example": 1}


def test_what_changes_no_meaning_reruns_nothing(project):
    """Comments, docstrings, and dates: as after `git checkout` of another branch and back."""
    project.append("network/model.py", "# a comment")
    project.edit(
        "workflow/scripts/normstudy/network/model.py", '"""The network: one', '"""Our network: one'
    )
    for path in (project.folder / "workflow").rglob("*"):
        if path.suffix in {".py", ".smk", ".ipynb", ".csv", ".in", ".j2"}:
            path.touch()
    assert project.planned() == {}


def test_a_new_clone_needs_results_data_and_the_records(finished, tmp_path):
    """What docs/run.md says to copy, and no more of .snakemake; dates in any order."""
    clone = Project.new(tmp_path / "clone")
    for part in ("results", "data", ".snakemake/metadata"):
        shutil.copytree(finished.folder / part, clone.folder / part, dirs_exist_ok=True)
    moments = random.Random(1)
    for path in sorted(clone.folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            os.utime(path, (time.time() - moments.uniform(0, 1000),) * 2)
    assert clone.planned() == {}
    shutil.rmtree(clone.folder / ".snakemake/metadata")
    assert "jobs have missing provenance/metadata" in clone.snakemake("-n")


def test_a_variant_is_a_target(project):
    project.edit("config.yaml", "variants: ", NEW_VARIANT + "#")
    assert project.planned("plain") == {"plain": 1, "train": 1, "misclassified": 1}
    assert project.planned("gn") == {}
    forced = project.planned("gn", "--forceall")
    assert forced["train"] == forced["misclassified"] == 1
