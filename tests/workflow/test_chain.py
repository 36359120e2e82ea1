"""The whole chain on the real sample, and what runs again after which change."""

import json
import re
import subprocess

import pandas as pd
import pytest
import torch
from normstudy.network.checkpoint import tensors_sha256

DEFAULT = ["gn", "ln", "bn_l1"]
NEW_VARIANT = """variants:
  plain:
    label: No normalization
    norm: none
"""


def table(project, name):
    return pd.read_csv(project.folder / "results" / name)


# --- What a run leaves ---------------------------------------------------------------------


def test_the_tables_have_the_stated_columns(finished):
    assert list(table(finished, "gn/seed-1/metrics.csv")) == [
        "variant", "seed", "epoch", "learning_rate", "train_loss", "train_accuracy", "test_loss",
        "test_accuracy",
    ]  # fmt: skip
    assert list(table(finished, "gn/seed-1/evaluation.csv")) == [
        "variant", "seed", "split", "loss", "accuracy", "images", "errors",
    ]  # fmt: skip
    predictions = ["index", "label", "prediction", "confidence", "label_probability"]
    assert list(table(finished, "gn/seed-1/predictions.csv")) == predictions
    assert list(table(finished, "gn/seed-1/misclassified.csv")) == [*predictions, "disputed"]
    assert list(table(finished, "summary.csv")) == [
        "variant", "metric", "seeds", "mean", "standard_deviation", "ci_low", "ci_high",
        "reference", "difference",
    ]  # fmt: skip


def test_the_verdicts_of_one_seed(finished):
    comparisons = table(finished, "comparisons.csv")
    assert len(comparisons) == 8  # four claims, each against two rivals
    assert set(comparisons["verdict"]) == {"one run cannot tell"}
    claims = table(finished, "claims.csv")
    assert len(claims) == 4 and set(claims["verdict"]) == {"one run cannot tell"}
    tests = table(finished, "single_run.csv").set_index(["variant", "rival"])
    counts = tests.loc[("gn", "ln"), ["both_wrong", "only_rival_right"]].sum()
    assert counts == len(table(finished, "gn/seed-1/misclassified.csv"))
    shared = table(finished, "shared_errors.csv")
    errors = [table(finished, f"{name}/seed-1/misclassified.csv") for name in DEFAULT]
    assert shared["runs"].sum() == sum(map(len, errors))
    assert set(shared["index"]) == set().union(*(own["index"] for own in errors))
    assert table(finished, "label_doubts.csv").empty  # the sample has no table of issues


@pytest.mark.parametrize("variant", DEFAULT)
def test_the_tables_of_a_run_agree(finished, variant):
    run = f"{variant}/seed-1"
    predictions = table(finished, f"{run}/predictions.csv")
    errors = (predictions["label"] != predictions["prediction"]).sum()
    test = table(finished, f"{run}/evaluation.csv").set_index("split").loc["test"]
    metrics = table(finished, f"{run}/metrics.csv").iloc[-1]
    assert len(predictions) == test["images"] == 200
    assert len(table(finished, f"{run}/misclassified.csv")) == test["errors"] == errors
    assert test["accuracy"] == metrics["test_accuracy"] == 100 * (200 - errors) / 200
    assert test["loss"] == pytest.approx(metrics["test_loss"], abs=2e-6)


def test_a_checkpoint_is_plain(finished):
    path = finished.folder / "results/ln/seed-1/checkpoint.pt"
    checkpoint = torch.load(path, weights_only=True)
    assert sum(t.numel() for t in checkpoint["state_dict"].values()) == 8880
    assert checkpoint["parameters"]["norm"] == "layer"


def test_provenance_says_what_ran(finished):
    facts = json.loads((finished.folder / "results/provenance.json").read_text())
    assert facts["config"]["training"]["epochs"] == 1
    assert facts["versions"]["torch"] == torch.__version__.split("+")[0]
    assert len(facts["jobs"]) == 2 * len(DEFAULT)
    assert len(facts["data_sha256"]) == 4
    origins = {entry["from"] for entry in facts["data_source"].values()}
    assert origins == {"folder tests/data/MNIST-sample"}
    assert "snakemake --cores 2" in facts["command"]
    assert facts["started"] <= facts["finished"]
    assert [(run["variant"], run["seed"]) for run in facts["runs"]] == [(v, 1) for v in DEFAULT]


@pytest.mark.parametrize("variant", DEFAULT)
def test_provenance_has_the_digest_of_each_checkpoints_tensors(finished, variant):
    facts = json.loads((finished.folder / "results/provenance.json").read_text())
    path = finished.folder / f"results/{variant}/seed-1/checkpoint.pt"
    state = torch.load(path, weights_only=True)["state_dict"]
    (run,) = (run for run in facts["runs"] if run["variant"] == variant)
    assert run["tensors_sha256"] == tensors_sha256(state)
    assert run["resumed_after_epoch"] == 0 and run["device"] == "cpu"


def test_progress_is_a_line_an_epoch_on_the_terminal_and_in_the_log(finished):
    line = "gn seed 1 · epoch 1/1 · test "
    assert re.search(rf"{line}.*study: \d of 3 runs trained", finished.log)
    assert line in (finished.folder / "results/logs/train/gn-seed-1.log").read_text()


def test_the_terminal_has_a_line_a_job_and_ends_with_the_report(finished):
    assert re.search(r"^\d\d:\d\d:\d\d  Training bn_l1, seed 1$", finished.log, re.M)
    assert re.search(
        r"^\d\d:\d\d:\d\d  Trained bn_l1, seed 1 \(\d of 10 jobs\) · ", finished.log, re.M
    )
    closing = (
        r"  Made the report \(10 of 10 jobs\) · 3 of 3 runs trained\n\nDone in \d+ (s|min)\.\n"
    )
    assert re.search(closing + r"The report: results/report\.html\n$", finished.log)
    assert max(map(len, finished.log.splitlines())) < 160
    assert "input:" not in finished.log and ".py" not in finished.log
    (whole,) = (finished.folder / ".snakemake/log").glob("*.log")
    assert "checkpoint.pt" in whole.read_text()


# --- What runs again -----------------------------------------------------------------------


def test_nothing_is_to_be_done_afterwards(finished):
    assert finished.planned() == {}


def test_after_a_change_of_figures_only_the_report_is_remade(project):
    project.append("report/figures/curves.py", "CHANGED = 1")
    assert project.planned() == {"all": 1, "report": 1}


def test_after_a_change_of_the_model_everything_is_trained_again(project):
    project.append("network/model.py", "CHANGED = 1")
    assert project.planned() == {
        "all": 1, "train": 3, "misclassified": 3, "summarize": 1, "worked_example": 1,
        "report": 1,
    }  # fmt: skip


def test_results_are_kept_by_touch_after_a_change_of_the_model(project):
    """What README.md says to do before a normalization of one's own is tried."""
    project.append("network/model.py", "CHANGED = 1")
    project.snakemake("--touch")
    assert project.planned() == {}


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
    def git(*words):
        identity = ("-c", "user.name=A", "-c", "user.email=a@example.org")
        subprocess.run(["git", *identity, *words], cwd=project.folder, check=True)

    parts = ["Snakefile", "workflow", "report", "config.yaml", "requirements.in"]
    git("init", "--quiet", "--initial-branch=main")
    git("add", *parts)
    git("commit", "--quiet", "--message=one")
    git("checkout", "--quiet", "-b", "other")
    project.append("network/model.py", "CHANGED = 1")
    project.edit("report/report.ipynb", "MNIST", "MNIST ")
    git("commit", "--quiet", "--all", "--message=two")
    assert project.planned()["train"] == 3
    git("checkout", "--quiet", "main")
    assert project.planned() == {}


def test_after_a_new_variant_only_its_jobs_and_the_report_run(project):
    project.edit("config.yaml", "variants: ", NEW_VARIANT + "#")
    assert project.planned() == {
        "all": 1, "train": 1, "misclassified": 1, "summarize": 1, "worked_example": 1, "report": 1,
    }  # fmt: skip


def test_after_a_new_seed_only_its_jobs_and_the_report_run(project):
    project.edit("config.yaml", "seeds: [1]", "seeds: 2")
    assert project.planned() == {
        "all": 1, "train": 3, "misclassified": 3, "summarize": 1, "report": 1,
    }  # fmt: skip


def test_a_changed_claim_or_margin_is_judged_anew_and_trains_nothing(project):
    again = {"all": 1, "summarize": 1, "report": 1}
    project.edit("config.yaml", "says: Layer Normalization overfits most", "says: LN overfits")
    assert project.planned() == again
    project.edit("config.yaml", "margin: 0.05 ", "margin: 0.07 ")
    assert project.planned() == again


def test_a_new_label_trains_nothing(project):
    project.edit("config.yaml", "label: Layer Normalization", "label: LN")
    assert "train" not in project.planned()


def test_a_variants_own_epochs_train_only_that_variant(project):
    project.edit("config.yaml", "    norm: layer", "    norm: layer\n    epochs: 2")
    assert project.planned()["train"] == 1


def test_a_dataset_found_elsewhere_trains_nothing(project):
    project.edit("tests/workflow/sample.yaml", "tests/data/MNIST-sample", "data/MNIST-sample/raw")
    assert "train" not in project.planned()


def test_a_moved_project_trains_nothing(finished, tmp_path):
    moved = finished.copy(tmp_path / "a name with spaces")
    assert moved.planned() == {}


# --- Targets -------------------------------------------------------------------------------


def test_a_variant_is_a_target(project):
    project.edit("config.yaml", "variants: ", NEW_VARIANT + "#")
    assert project.planned("plain") == {"plain": 1, "train": 1, "misclassified": 1}
    assert project.planned("gn") == {}
    forced = project.planned("gn", "--forceall")
    assert forced["train"] == forced["misclassified"] == 1


def test_a_file_is_a_target(project):
    (project.folder / "results/gn/seed-1/metrics.csv").unlink()
    assert project.planned("results/gn/seed-1/metrics.csv") == {"train": 1}


# --- Mistakes ------------------------------------------------------------------------------


def test_a_missing_source_ends_in_one_message(project):
    project.edit("tests/workflow/sample.yaml", "tests/data/MNIST-sample", "nowhere")
    project.edit("tests/workflow/sample.yaml", "name: MNIST-sample", "name: other")
    output = project.snakemake(succeeds=False)
    assert "Error: other is not available from any source." in output
    assert "Traceback" not in output
    assert "Failed: Getting other\n    The last lines of results/logs/download.log:" in output
    assert "run the same command to resume" in output


def test_a_changed_data_file_is_noticed(project):
    labels = project.folder / "data/MNIST-sample/raw/train-labels-idx1-ubyte"
    content = bytearray(labels.read_bytes())
    content[-1] ^= 1
    labels.write_bytes(content)
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
