"""The report's tables: the right number in the right cell."""

from dataclasses import replace

import pytest
from helpers.made_up import claim, made_up_study, predictions
from normstudy.example.outline import network_table
from normstudy.records.read_tables import Predictions
from normstudy.report.tables import results as tables
from normstudy.report.tables import setup as setup_tables
from normstudy.report.tables.verdicts import verdicts
from normstudy.statistics.label_doubts import label_doubts
from normstudy.statistics.summary import summarize


def test_comparison_sets_ours_beside_the_replicated_numbers():
    table = tables.comparison(made_up_study({"gn": [99.37], "ln": [99.50], "other": [99.0]}))
    accuracy = table.cells.set_index(("Model", ""))["Test accuracy, %"]
    assert accuracy.loc["Group Normalization"].tolist() == ["99.37", "99.54", "−0.17"]
    assert accuracy.loc["Layer Normalization"].tolist() == ["99.50", "99.48", "+0.02"]
    assert accuracy.loc["Model other"].tolist() == ["99.00", "–", "–"]
    assert list(accuracy) == ["this run", "original", "difference"]
    assert "The original has one run" in table.caption


def test_comparison_over_seeds_has_the_deviation_and_without_reference_one_column():
    table = tables.comparison(made_up_study({"gn": [99.4, 99.6]}, reference=False))
    assert "mean ± standard deviation of 2 seeds" in table.caption
    assert table.cells["Test accuracy, %", ""].item() == "99.50 ± 0.14"
    assert table.cells["Test loss, nats", ""].item() == "0.0250 ± 0.0000"
    assert "original" not in str(table.cells.columns) + table.caption.lower()


def test_gaps_have_the_true_minus():
    variants = {"a": {"label": "Group-4", "norm": "group"}}
    row = tables.gaps(made_up_study({"a": [99.7]}, variants=variants)).cells.iloc[0]
    assert row.tolist() == ["Group-4", "−0.10", "0.10"]
    row = tables.gaps(made_up_study({"gn": [99.7, 99.5]})).cells.iloc[0]
    assert row.tolist()[1:] == ["0.00 ± 0.14", "0.20 ± 0.14"]


@pytest.mark.parametrize("spread", [0.0, 0.3])
def test_the_caption_of_the_verdicts_is_about_the_columns_that_are_there(spread):
    accuracies = {"gn": [99.5 + spread, 99.5 - spread] * 5, "ln": [99.4] * 10}
    table = verdicts(made_up_study(accuracies, claims=[claim("gn")]))
    undecided = table.cells["Verdict"].item() == "undecided"
    assert undecided == (spread > 0) == ("Seeds to show it" in table.cells)
    assert ("how many seeds are enough" in table.caption) == undecided
    assert ("Smallest margin" in table.caption) == ("Smallest margin" in table.cells)
    assert "look" not in table.caption and "Look" not in table.cells


def test_label_scores():
    study = made_up_study({"gn": [99.8]}, images=1000)
    labels = [0] * 1000
    labels[947] = 8  # the one disputed label below 1,000
    run = predictions(labels, {5: 1, 947: 1})
    doubts = label_doubts(Predictions.of([(("gn", 1), run)]), study.label_issues)
    summary = summarize(study.runs, doubts=doubts)
    row = tables.label_scores(replace(study, label_doubts=doubts, summary=summary)).cells.iloc[0]
    assert row["As given, %"] == "99.80"
    assert row["Left out, %"] == "99.90"  # 998 of 999
    assert row["Corrected, %"] == "99.80"  # the raters say 9, and 1 is as wrong as 8
    assert tables.label_scores(study) is None


def test_model_table_adds_up():
    cells = setup_tables.model_table(made_up_study({"gn": [99.0]})).cells
    counts = [
        sum(int(part.replace(",", "")) for part in cell.split(" + "))
        for cell in cells["Parameters"]
    ]
    assert counts[-1] == sum(counts[:-1]) == 8880
    assert cells["Output"].tolist()[:3] == ["8×26×26", "16×24×24", "8×12×12"]
    assert cells["Layers"].iloc[0] == "Conv 3×3, 1→8; ReLU; Norm"


def test_recipe_says_which_variant_has_what():
    cells = setup_tables.recipe_table(made_up_study({"gn": [99.0], "bn_l1": [99.0]})).cells
    value = cells.set_index("Setting")["Value"]
    assert value["Epochs"] == "20"
    assert value["Groups"] == "4 channels per group (Group Normalization)"
    assert value["L1 penalty"] == (
        "none (Group Normalization); 0.0001 × the sum of each tensor's mean |w|"
        " (Batch Normalization + L1)"
    )
    assert "Groups" not in set(
        setup_tables.recipe_table(made_up_study({"ln": [99.0]})).cells["Setting"]
    )


def test_norm_table_has_the_norms_in_use_only():
    cells = setup_tables.norm_table(made_up_study({"ln": [99.0], "gn": [99.0]})).cells
    assert cells["Normalization"].tolist() == ["Layer", "Group"]
    cells = setup_tables.norm_table(made_up_study({"bare": [99.0]})).cells
    assert cells["Normalization"].tolist() == ["Batch", "Layer", "Group"]  # the worked example's


@pytest.mark.parametrize("missing", [False, True])
def test_jobs_are_summed_up_by_variant(missing):
    study = made_up_study({"gn": [99.0, 99.1], "ln": [99.0, 99.1]})
    if missing:  # a benchmark that could not be taken
        jobs = study.provenance.jobs
        jobs[:] = [replace(job, seconds=None, peak_memory_mb=None) for job in jobs]
    cells = setup_tables.job_table(study).cells
    assert cells["Job"].tolist() == ["train: Group Normalization", "train: Layer Normalization"]
    assert cells["Jobs"].tolist() == ["2", "2"]
    assert cells["Longest, s"].tolist() == (["–", "–"] if missing else ["20", "20"])
    study.provenance.jobs.clear()
    assert setup_tables.job_table(study) is None


def test_a_normalization_is_described_by_its_own_docstring_only():
    recipe = {"norm_options": {}, "dropout": 0.0, "num_classes": 10}
    table = network_table({norm: {"norm": norm, **recipe} for norm in ("layer", "rms", "none")})
    about = table.groupby("variant")["norm_about"].first()
    assert about["layer"] == about["none"] == "–" and about["rms"].startswith("Divide each image")
