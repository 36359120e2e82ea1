"""What `snakemake` says of a target that nothing makes, or that was taken for a config file."""

import pytest

REFUSED = [
    (["gnn"], "Error: no variant gnn; did you mean 'gn'?"),
    (["look"], "Error: no variant or other target look; variants: gn"),
    (["train"], "Error: train makes the files of single runs: ask for the runs of a variant"),
    (["results/gn/seed-7/metrics.csv"], "this study has no seed 7 (its seeds: 1); see seeds"),
    (["results/quick/gn/seed-1/metrics.csv"],
     "is of another study: add --configfile workflow/studies/quick.yaml"),
    (["--forcerun", "reprot"], "Error: no target reprot; did you mean 'report'?"),
]  # fmt: skip


def refused(project, arguments, said):
    output = project.snakemake(*arguments, succeeds=False)
    assert said in output
    for words in ("Traceback", "Exception", "Building DAG", ".smk"):
        assert words not in output, output


@pytest.mark.parametrize(("target", "said"), REFUSED, ids=[" ".join(t) for t, _ in REFUSED])
def test_a_target_that_nothing_makes_is_refused_in_a_sentence(sources, target, said):
    refused(sources, target, said)


def test_results_of_another_study_are_not_up_to_date_by_being_there(sources):
    path = sources.folder / "results/quick/gn/seed-1/metrics.csv"
    path.parent.mkdir(parents=True)
    path.touch()
    refused(sources, ["results/quick/gn/seed-1/metrics.csv"], "is of another study: add")


def test_a_target_that_was_taken_for_a_config_file_is_explained(sources):
    said = "--configfile gn is not there; a target such as gn goes before --configfile"
    refused(sources, ["--configfile", "workflow/studies/quick.yaml", "gn"], said)
