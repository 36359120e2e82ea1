"""Snakemake ended at random moments in every way; other numbers of cores: the same results."""

import random
import time

import pytest
from helpers.project import assert_same_results
from helpers.running import WAYS, Running


@pytest.mark.parametrize(
    ("seed", "cores"),
    [
        (1, "2"),
        *(
            pytest.param(seed, cores, marks=pytest.mark.slow)
            for seed, cores in zip(range(2, 8), "142142", strict=True)
        ),
    ],
)
def test_the_same_command_again_goes_on_to_the_same_end(finished, fresh, seed, cores):
    moments = random.Random(seed)
    ways = moments.sample(sorted(WAYS), len(WAYS))
    kills = 0
    for way in ways:
        snakemake = Running(fresh, "--cores", cores)
        time.sleep(moments.uniform(2, 12))
        kills += snakemake.end(way)
    fresh.snakemake("--cores", cores)
    print(f"ended {kills} times: {ways}")
    assert kills >= 2
    assert_same_results(fresh, finished)
    assert fresh.planned() == {}
    left = {p.name for p in fresh.folder.glob("results/**/.*")} - {".lock"}
    assert not left, "half-written files were left"
    assert not (fresh.folder / "results/resume").exists()


@pytest.mark.parametrize("cores", ["1", pytest.param("4", marks=pytest.mark.slow)])
def test_cores_do_not_change_a_bit(finished, fresh, cores):
    """`finished` ran with two jobs side by side."""
    fresh.snakemake("--cores", cores)
    assert_same_results(fresh, finished)
