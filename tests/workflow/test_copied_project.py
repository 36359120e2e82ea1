"""A project that was copied without its dates, in any order, has nothing to do."""

import os
import random
import shutil
import subprocess
import time

from helpers.project import Project


def scrambled(folder):
    """As after a copy that keeps no dates: each file is of another moment, in no order."""
    moments = random.Random(1)
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            os.utime(path, (time.time() - moments.uniform(0, 1000),) * 2)


def test_a_copy_of_the_project_has_nothing_to_do(finished, tmp_path):
    copied = Project(tmp_path / "a name with spaces")
    subprocess.run(["cp", "-r", finished.folder, copied.folder], check=True)
    scrambled(copied.folder)
    assert copied.planned() == {}


def test_a_new_clone_needs_results_data_and_the_records(finished, tmp_path):
    """What the README says to copy, and no more of .snakemake."""
    clone = Project.new(tmp_path / "clone")
    for part in ("results", "data", ".snakemake/metadata"):
        shutil.copytree(finished.folder / part, clone.folder / part, dirs_exist_ok=True)
    scrambled(clone.folder)
    assert clone.planned() == {}
    clone.edit("config.yaml", "max_lr: 0.015", "max_lr: 0.03")
    output = clone.snakemake("-n")
    assert "gn, ln, bn_l1: max_lr 0.015 → 0.03; retrains 3 runs" in output


def test_without_the_records_it_is_said_that_changes_cannot_be_told(project):
    shutil.rmtree(project.folder / ".snakemake/metadata")
    assert "jobs have missing provenance/metadata" in project.snakemake("-n")
