"""What a run of the whole chain on the real sample leaves: tables, records, a terminal's lines."""

import json
import re

import pandas as pd
import pytest
import torch
from normstudy.network.checkpoint import tensors_sha256

DEFAULT = ["gn", "ln", "bn_l1"]


def table(project, name):
    return pd.read_csv(project.folder / "results" / name)


def test_the_verdicts_of_one_seed(finished):
    comparisons = table(finished, "tables/comparisons.csv")
    assert len(comparisons) == 8  # four claims, each against two rivals
    assert set(comparisons["verdict"]) == {"one run cannot tell"}
    claims = table(finished, "tables/claims.csv")
    assert len(claims) == 4 and set(claims["verdict"]) == {"one run cannot tell"}
    tests = table(finished, "tables/single_run.csv").set_index(["variant", "rival"])
    counts = tests.loc[("gn", "ln"), ["both_wrong", "only_rival_right"]].sum()
    assert counts == len(table(finished, "gn/seed-1/misclassified.csv"))
    shared = table(finished, "tables/shared_errors.csv")
    errors = [table(finished, f"{name}/seed-1/misclassified.csv") for name in DEFAULT]
    assert shared["runs"].sum() == sum(map(len, errors))
    assert set(shared["index"]) == set().union(*(own["index"] for own in errors))
    assert table(finished, "tables/label_doubts.csv").empty  # the sample has no table of issues


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
    assert test["loss"] == metrics["test_loss"]  # the kernels evaluate what they trained


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
def test_a_checkpoint_is_plain_and_provenance_has_the_digest_of_its_tensors(finished, variant):
    facts = json.loads((finished.folder / "results/provenance.json").read_text())
    path = finished.folder / f"results/{variant}/seed-1/checkpoint.pt"
    checkpoint = torch.load(path, weights_only=True)
    (run,) = (run for run in facts["runs"] if run["variant"] == variant)
    learned = {k: t for k, t in checkpoint["state_dict"].items() if "running" not in k}
    learned = {k: t for k, t in learned.items() if "num_batches" not in k}
    assert sum(t.numel() for t in learned.values()) == 8880
    assert checkpoint["parameters"] == run["recipe"]
    assert run["tensors_sha256"] == tensors_sha256(checkpoint["state_dict"])
    assert run["resumed_after_epoch"] == 0 and run["device"] == "cpu"


def test_the_terminal_has_a_line_for_each_job_and_epoch_and_where_the_results_are(finished):
    line = r"^gn seed 1 · epoch 1/1 · test \d+\.\d\d % · \d+\.\d s · \d+ (s|min) left$"
    assert re.search(line, finished.log, re.M)
    log = (finished.folder / "results/logs/train/gn-seed-1.log").read_text()
    assert re.search(line, log, re.M)
    assert re.search(r"^Job \d+: Train bn_l1, seed 1$", finished.log, re.M)
    done = "Done. The report: results/report.html, the networks: results/<variant>/seed-<n>/"
    assert finished.log.count(done) == 1
    assert "input:" not in finished.log and ".py" not in finished.log
