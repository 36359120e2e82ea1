"""Which jobs run again after which change, and for which target; all by dry runs."""

from helpers.project import git

REPORTED = {"all": 1, "summarize": 1, "report": 1}
RUN_AGAIN = REPORTED | {"train": 3, "misclassified": 3}  # of three variants with a seed each
NEW_VARIANT = """variants:
  plain:
    label: No normalization
    norm: none
"""


def test_nothing_is_to_be_done_afterwards(project):
    assert project.planned() == {}


def test_after_a_change_of_figures_only_the_report_is_remade(project):
    project.append("report/figures/curves.py", "CHANGED = 1")
    assert project.planned() == {"all": 1, "report": 1}


def test_after_a_change_of_the_model_everything_is_trained_again(project):
    project.append("network/model.py", "CHANGED = 1")
    assert project.planned() == RUN_AGAIN | {"worked_example": 1}


def test_results_are_kept_by_touch_after_a_change_of_the_model(project):
    """What README.md says to do before a normalization of one's own is tried."""
    project.append("network/model.py", "CHANGED = 1")
    said = project.snakemake("--touch")
    assert "retrains" not in said
    again = project.snakemake("-n")
    assert "Nothing to be done" in again and "retrains" not in again
    project.append("network/model.py", "CHANGED = 2")
    assert "the training code changed; retrains 3 runs" in project.snakemake("-n")


def test_tables_that_touch_keeps_are_remade_where_they_are_of_another_config(project):
    without = ("--config", "variants={gn: null}", "claims=[]")
    said = project.snakemake("--touch", *without)
    assert "Done. The report is still of another config; to remake it: snakemake all" in said
    assert project.planned(*without) == REPORTED | {"worked_example": 1}


def test_what_changes_no_meaning_reruns_nothing(project):
    """Comments, docstrings, and dates: as after `git checkout` of another branch and back."""
    project.append("network/model.py", "# a comment")
    project.edit(
        "workflow/scripts/normstudy/network/model.py", '"""The network: one', '"""Our network: one'
    )
    for path in (project.folder / "workflow").rglob("*"):
        if path.suffix in {".py", ".smk", ".ipynb", ".csv", ".in", ".j2"}:
            path.touch()
    assert project.planned() == {}


def test_git_checkout_of_another_branch_and_back_reruns_nothing(project):
    folder = project.folder
    parts = ["Snakefile", "workflow", "report", "config.yaml", "requirements.in"]
    git(folder, "init", "--initial-branch=main")
    git(folder, "add", *parts)
    git(folder, "commit", "--message=one")
    git(folder, "checkout", "-b", "other")
    project.append("network/model.py", "CHANGED = 1")
    project.edit("report/report.ipynb", "MNIST", "MNIST ")
    git(folder, "commit", "--all", "--message=two")
    assert project.planned()["train"] == 3
    git(folder, "checkout", "main")
    assert project.planned() == {}


def test_after_a_new_variant_only_its_jobs_and_the_report_run(project):
    project.edit("config.yaml", "variants: ", NEW_VARIANT + "#")
    one = {"train": 1, "misclassified": 1, "worked_example": 1}
    assert project.planned() == REPORTED | one


def test_after_a_new_seed_only_its_jobs_and_the_report_run(project):
    project.edit("config.yaml", "seeds: [1]", "seeds: 2")
    assert project.planned() == RUN_AGAIN


def test_a_changed_claim_or_margin_is_judged_anew_and_trains_nothing(project):
    project.edit("config.yaml", "says: Layer Normalization overfits most", "says: LN overfits")
    assert project.planned() == REPORTED
    project.edit("config.yaml", "margin: 0.05 ", "margin: 0.07 ")
    assert project.planned() == REPORTED


def test_a_new_label_trains_nothing(project):
    project.edit("config.yaml", "label: Layer Normalization", "label: LN")
    assert "train" not in project.planned()


def test_a_variants_own_epochs_train_only_that_variant(project):
    project.edit("config.yaml", "    norm: layer", "    norm: layer\n    epochs: 2")
    assert project.planned()["train"] == 1


def test_a_dataset_found_elsewhere_trains_nothing(project):
    project.edit("tests/workflow/sample.yaml", "tests/data/MNIST-sample", "data/MNIST-sample/raw")
    assert "train" not in project.planned()


def test_a_variant_is_a_target(project):
    project.edit("config.yaml", "variants: ", NEW_VARIANT + "#")
    assert project.planned("plain") == {"plain": 1, "train": 1, "misclassified": 1}
    assert project.planned("gn") == {}
    forced = project.planned("gn", "--forceall")
    assert forced["train"] == forced["misclassified"] == 1


def test_a_file_is_a_target(project):
    (project.folder / "results/gn/seed-1/metrics.csv").unlink()
    assert project.planned("results/gn/seed-1/metrics.csv") == {"train": 1}
