"""Data that only a folder defines: corrected, deleted, copied; and of the same name elsewhere."""

import shutil

import pytest
from helpers.fetched import correct_a_label

SOURCE = "tests/data/MNIST-sample"
LABELS = "train-labels-idx1-ubyte"
MADE = {"all": 1, "summarize": 1, "worked_example": 1, "report": 1}  # in seconds
RETRAINED = MADE | {"train": 3, "misclassified": 3}
TABLES = MADE.keys()


def test_after_a_corrected_label_all_that_was_made_of_the_data_is_remade(project):
    listing = project.folder / "data/MNIST-sample/sha256sums.txt"
    network = project.folder / "results/ln/seed-1/checkpoint.pt"
    before, trained = listing.read_text(), network.read_bytes()
    correct_a_label(project.folder / SOURCE)
    assert project.planned() == RETRAINED | {"download": 1}
    output = project.snakemake("ln")
    assert f"four files from folder {SOURCE} ({LABELS} changed)" in output
    assert listing.read_text() != before and network.read_bytes() != trained
    assert project.planned("ln") == {}
    assert project.planned() == RETRAINED | {"train": 2, "misclassified": 2}  # of the data before


def test_without_snakemakes_records_a_corrected_label_is_noticed_too(project):
    shutil.rmtree(project.folder / ".snakemake/metadata")
    correct_a_label(project.folder / SOURCE)
    assert project.planned() == RETRAINED | {"download": 1}


@pytest.mark.parametrize("lost", [["data"], ["data", ".snakemake/metadata"]])
def test_deleted_data_are_fetched_again_and_remake_nothing(project, lost):
    for folder in lost:
        shutil.rmtree(project.folder / folder)
    # Without its own records, Snakemake goes by the date of the listing.
    dated = {"all": 1, "worked_example": 1, "report": 1}
    assert project.planned() == ({} if lost == ["data"] else dated)
    planned = project.planned("--config", "seeds=2")  # one more than there was
    assert planned["train"] == planned["misclassified"] == 3
    assert set(planned) <= TABLES | {"train", "misclassified"}


def test_a_copy_without_the_data_and_their_source_trains_nothing_again(project):
    """Neither the dates of the data nor those of their source are of any account."""
    shutil.rmtree(project.folder / ".snakemake/metadata")
    for path in [*(project.folder / "data").rglob("*"), *(project.folder / SOURCE).iterdir()]:
        path.touch()
    assert set(project.planned()) <= TABLES
    shutil.rmtree(project.folder / SOURCE)
    assert set(project.planned()) <= TABLES | {"download"}


def test_another_studys_data_of_the_same_name_train_nothing_of_this_one(project):
    other = project.folder / "other"
    shutil.copytree(project.folder / SOURCE, other)
    correct_a_label(other)
    named = ("--config", "results=results/other", "dataset={source: other}")
    project.snakemake("results/other/gn/seed-1/metrics.csv", *named)
    raw = project.folder / "data/MNIST-sample/raw"
    assert (raw / LABELS).read_bytes() == (other / LABELS).read_bytes()
    planned = project.planned()
    assert "download" in planned and set(planned) <= TABLES | {"download"}


def test_a_source_without_a_file_or_that_cannot_be_read_is_an_error(project):
    labels = project.folder / SOURCE / LABELS
    content = labels.read_bytes()
    labels.rename(labels.with_name("train-labels.idx1-ubyte"))
    output = project.snakemake("-n", succeeds=False)
    assert f"rename train-labels.idx1-ubyte to {LABELS}\n" in output
    labels.with_name(f"{LABELS}.gz").write_bytes(b"\x1f\x8b" + content)
    output = project.snakemake("-n", succeeds=False)
    assert f"Error: config key dataset.source: {SOURCE}/{LABELS}.gz cannot be read" in output


def test_labels_that_fit_no_class_are_an_error_before_any_job(project):
    named = "dataset={classes: [a, b, c]}"
    output = project.snakemake("-n", "--config", named, succeeds=False)
    assert f"Error: {SOURCE} has labels up to 9, but only 3 classes are named" in output
    assert "Job stats" not in output
