"""Missing, changed or truncated data and results are reported by name, with the remedy."""

from helpers.fetched import correct_a_label


def test_a_missing_source_ends_in_one_message(project):
    project.edit("tests/workflow/sample.yaml", "tests/data/MNIST-sample", "nowhere")
    project.edit("tests/workflow/sample.yaml", "name: MNIST-sample", "name: other")
    output = project.snakemake(succeeds=False)
    assert output.endswith("\nError: config key dataset.source: there is no folder nowhere\n")


def test_a_changed_data_file_is_noticed(project):
    correct_a_label(project.folder / "data/MNIST-sample/raw")
    output = project.snakemake("ln", "--forcerun", "train", succeeds=False)
    assert "has changed since it was downloaded" in output


def test_a_broken_checkpoint_is_named(project):
    checkpoint = project.folder / "results/gn/seed-1/checkpoint.pt"
    checkpoint.write_bytes(checkpoint.read_bytes()[:1000])
    output = project.snakemake("gn", "--forcerun", "misclassified", succeeds=False)
    assert "results/gn/seed-1/checkpoint.pt is not a readable checkpoint" in output


def test_an_edited_table_is_named_and_what_is_said_mends_it(project):
    name = "results/gn/seed-1/metrics.csv"
    path = project.folder / name
    path.write_text(path.read_text().replace("gn,1,1,", "gn,2,1,"))
    output = project.snakemake(succeeds=False)
    assert f"Error: {name}, line 2, is of seed 2, not 1: it was edited or cut short" in output
    assert f"to remake it, add --forcerun {name} to the snakemake command (rule train)" in output
    assert "Traceback" not in output
    assert project.planned("--forcerun", name) == {
        "all": 1, "train": 1, "misclassified": 1, "summarize": 1, "report": 1,
    }  # fmt: skip


def test_an_edited_summary_is_named(project):
    path = project.folder / "results/summary.csv"
    path.write_text(path.read_text().replace("standard_deviation", "deviation"))
    output = project.snakemake(succeeds=False)
    assert "Error: results/summary.csv has no column standard_deviation" in output
    assert "add --forcerun results/summary.csv to the snakemake command (rule summarize)" in output
