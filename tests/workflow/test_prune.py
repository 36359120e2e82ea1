"""Results of a variant that was taken from the config: named, listed, deleted, and nothing else."""

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
    assert output.count("12 files are of runs that the config no longer has.") == 1
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
