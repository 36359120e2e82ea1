"""A study that trains from look to look, killed at random moments: it ends as if left alone."""

import json
import random
import time

import pytest
from helpers.project import UNTIL_DECIDED, Project
from helpers.running import WAYS, Running


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    project = Project.new(tmp_path_factory.mktemp("undisturbed") / "project")
    project.snakemake(*UNTIL_DECIDED)
    return project


def ending(project):
    """Every table, by its path, and the looks without their dates."""
    results = project.folder / "results"
    tables = {str(p.relative_to(results)): p.read_bytes() for p in results.glob("**/*.csv")}
    looks = json.loads((results / "looks.json").read_text())["looks"]
    return tables, [look | {"taken": None} for look in looks]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 6))
def test_it_ends_with_the_same_looks_and_tables(undisturbed, tmp_path, seed):
    moments = random.Random(seed)
    project = Project.new(tmp_path / "project")
    kills = 0
    for way in moments.sample(sorted(WAYS), 3):
        snakemake = Running(project, *UNTIL_DECIDED)
        time.sleep(moments.uniform(2, 15))
        kills += snakemake.end(way)
    project.snakemake(*UNTIL_DECIDED)
    assert kills >= 2
    tables, looks = ending(project)
    expected, their_looks = ending(undisturbed)
    assert looks == their_looks and len(looks) == 2
    assert tables == expected
    left = project.snakemake("--dry-run", *UNTIL_DECIDED)
    assert "Nothing to be done" in left, left
