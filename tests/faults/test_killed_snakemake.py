"""Snakemake ended at random moments in every way: the same command ends as if left alone."""

import json
import random
import time

import pytest
from helpers.project import UNTIL_DECIDED, Project, assert_same_results
from helpers.running import WAYS, Running


def kill_and_finish(project, seed, times, longest, *arguments):
    """End it so many times, at most so many seconds after its start; then run it to its end."""
    moments = random.Random(seed)
    ways = moments.sample(sorted(WAYS), times)
    kills = 0
    for way in ways:
        snakemake = Running(project, *arguments)
        time.sleep(moments.uniform(2, longest))
        kills += snakemake.end(way)
    project.snakemake(*arguments)
    print(f"ended {kills} times: {ways}")
    assert kills >= 2
    assert project.planned(*arguments) == {}


@pytest.mark.parametrize(
    "seed", [1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 8))]
)
def test_a_study_has_the_same_results(finished, fresh, seed):
    """`finished` ran with two jobs side by side."""
    cores = ("2", "1", "4")[(seed - 1) % 3]
    kill_and_finish(fresh, seed, len(WAYS), 12, "--cores", cores)
    assert_same_results(fresh, finished)
    left = {p.name for p in fresh.folder.glob("results/**/.*")} - {".lock"}
    assert not left, "half-written files were left"
    assert not (fresh.folder / "results/resume").exists()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """A study that trains from look to look."""
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
def test_a_study_until_decided_has_the_same_looks_and_tables(undisturbed, tmp_path, seed):
    project = Project.new(tmp_path / "project")
    kill_and_finish(project, seed, 3, 15, *UNTIL_DECIDED)
    tables, looks = ending(project)
    expected, their_looks = ending(undisturbed)
    assert looks == their_looks and len(looks) == 2
    assert tables == expected
