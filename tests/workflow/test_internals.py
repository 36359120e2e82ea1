"""The contract of rules/internals.smk: what it changes inside Snakemake has its effect."""

RUNS = [f"results/{variant}/seed-1/misclassified.csv" for variant in ("gn", "ln", "bn_l1")]


def looks(project, *options):
    """The numbers of waiting jobs that Snakemake saw, while it evaluated three runs in turn."""
    said = project.snakemake(
        *RUNS, "--cores", "1", "--forcerun", "misclassified", "--verbose", *options
    )
    return [int(line.split()[-1]) for line in said.splitlines() if line.startswith("Ready jobs:")]


def test_waiting_jobs_are_looked_at_when_a_job_ends_and_not_in_between(project):
    assert looks(project) == [3, 2, 1]


def test_a_limit_that_the_user_sets_is_kept(project):
    assert len(looks(project, "--max-jobs-per-timespan", "90/1s")) > 3
