"""Each job in an empty folder, as in a container of a cloud: it gets what its rule declares.

Snakemake itself brings the project's sources and the declared inputs there by way of a storage,
here a folder, and takes the declared outputs back. The head node runs the short rules likewise,
on copies of their inputs.
"""

import pytest
from helpers.pods import PATH, assert_same_run, head_node, on_pods

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """Three folders: of the head node, of the pods, of the storage."""
    places = {name: tmp_path_factory.mktemp(name) for name in ("head", "pods", "storage")}
    head = head_node(places["head"] / "project")
    options = on_pods(places["pods"], "fs", places["storage"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", PATH)
        head.snakemake("--configfile", "tests/cluster/stored.yaml", *options)
    return places


def test_the_results_equal_those_of_a_local_run(places, local):
    assert_same_run(lambda name: places["storage"] / name, local, "results/ln/seed-1")


def test_every_declared_file_of_the_study_is_in_the_storage(places):
    results = places["storage"] / "results"
    for name in ("report.html", "tables/summary.csv", "provenance.json",
                 "figures/test_loss.png", "logs/train/ln-seed-1.log",
                 "benchmarks/train/ln-seed-1.tsv"):  # fmt: skip
        assert (results / name).stat().st_size > 0, name
    assert not any((places["head"] / "project" / "results").rglob("*.csv"))


def test_training_and_evaluation_ran_in_folders_of_their_own(places):
    scripts = [script.read_text() for script in places["pods"].glob("pod-*/.jobscript")]
    assert len(scripts) == 2
    for rule in ("train", "misclassified"):
        assert sum(f"--allowed-rules {rule} " in script for script in scripts) == 1
