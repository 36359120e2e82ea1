"""A dataset of one's own: corrected in its folder, and one of the same name in another."""

import re
import shutil

from helpers.fetched import correct_a_label

SOURCE = "tests/data/MNIST-sample"
LABELS = "train-labels-idx1-ubyte"


def test_after_a_corrected_label_all_that_was_made_of_the_data_is_remade(project):
    listing = project.folder / "data/MNIST-sample/sha256sums.txt"
    network = project.folder / "results/ln/seed-1/checkpoint.pt"
    before, trained = listing.read_text(), network.read_bytes()
    correct_a_label(project.folder / SOURCE)
    assert project.planned() == {
        "all": 1, "download": 1, "train": 3, "misclassified": 3, "summarize": 1,
        "report": 1,
    }  # fmt: skip
    output = project.snakemake("ln")
    assert f"{LABELS} in {SOURCE} changed since MNIST-sample was fetched" in output
    assert listing.read_text() != before and network.read_bytes() != trained
    assert project.planned("ln") == {}
    assert project.planned() == {  # the other variants' runs, still of the data as they were
        "all": 1, "train": 2, "misclassified": 2, "summarize": 1, "report": 1,
    }  # fmt: skip


def test_a_study_does_not_take_anothers_data_of_the_same_name(project):
    other = project.folder / "other"
    shutil.copytree(project.folder / SOURCE, other)
    correct_a_label(other)
    raw = project.folder / "data/MNIST-sample/raw"
    before = {path: path.read_bytes() for path in raw.iterdir()}
    arguments = ("--config", "results=results/other", "dataset={source: other}")
    for more in (["--dry-run"], []):
        output = project.snakemake(*arguments, *more, succeeds=False)
        assert re.search(r"^Error: data/MNIST-sample/raw holds other data .*\n\Z", output, re.M)
        assert f"folder {SOURCE}" in output and "dataset.name" in output
    assert {path: path.read_bytes() for path in raw.iterdir()} == before
    assert project.planned() == {}
    named = ("--config", "results=results/other", "dataset={source: other, name: others}")
    assert project.planned(*named)["download"] == 1
