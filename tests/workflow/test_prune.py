"""Results of an earlier config or version: named, listed, deleted, and nothing else."""

WITHOUT_GN = ("--config", "variants={gn: null}", "claims=[]")


def files(project):
    """The results, without the files that every job rewrites."""
    found = (project.folder / "results").rglob("*")
    apart = ("prune.log", "plan.json", ".lock", "worked_example.log", "worked_example.tsv")
    return {str(path.relative_to(project.folder)) for path in found if path.name not in apart}


def test_leftovers_are_named_at_the_end_of_a_run_and_prune_deletes_them(project):
    before = files(project)
    mine = project.folder / "results/gn/seed-1/notes.txt"
    mine.write_text("mine")

    output = project.snakemake("worked_example", "--force", *WITHOUT_GN)
    assert output.count("12 files are left over from an earlier config or version.") == 1
    assert "to delete them: snakemake prune --configfile tests/workflow/sample.yaml" in output

    output = project.snakemake("prune", "-n", *WITHOUT_GN)
    listed = {line for line in output.splitlines() if line.startswith("results/")}
    assert "results/gn/seed-1/checkpoint.pt" in listed
    assert before <= files(project)

    output = project.snakemake("prune", *WITHOUT_GN)
    assert "Deleting 12 files" in output
    gone = {path for path in before if (project.folder / path).is_dir()} | listed
    assert before - files(project) <= gone
    assert not files(project) & listed
    assert mine.read_text() == "mine"
    assert "nothing to delete" in project.snakemake("prune", *WITHOUT_GN)


def test_tables_in_their_former_place_train_nothing_and_are_deleted_once_remade(project):
    results = project.folder / "results"
    for path in (results / "tables").iterdir():
        path.rename(results / path.name)
    (results / "tables").rmdir()
    assert project.planned() == {"all": 1, "summarize": 1, "worked_example": 1, "report": 1}
    said = project.snakemake("results/summary.csv", succeeds=False)
    assert said.endswith("Error: results/summary.csv is now results/tables/summary.csv\n")
    said = project.snakemake("summarize")
    assert "12 files are left over from an earlier config or version." in said
    summary = (results / "summary.csv").read_bytes()
    project.snakemake("prune")
    assert (results / "tables/summary.csv").read_bytes() == summary
    assert [path.name for path in results.glob("*.csv")] == ["network.csv"]  # not remade yet
