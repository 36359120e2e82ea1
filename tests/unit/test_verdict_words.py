"""Tables and figures of the verdicts: true of the tables they are made from."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from helpers.judged import judge
from helpers.made_up import made_up_study, predictions
from helpers.page import said
from normstudy.records.read_tables import Predictions
from normstudy.report.figures.varied import accuracy_against
from normstudy.report.figures.verdicts import forests
from normstudy.report.tables.verdicts import claims_in_brief, single_runs, verdict_table
from normstudy.report.text import amounts
from normstudy.statistics.label_doubts import verdicts_by_scoring
from normstudy.statistics.mcnemar import single_run_tests
from normstudy.statistics.verdicts.rule import UNJUDGED

NBSP = "\N{NO-BREAK SPACE}"


def number(text):
    return float(text.replace("−", "-").lstrip("±"))


def judged(config, seeds, spread=0.0, **means):
    """A study of runs with these means of test accuracy, spread around them the same way."""
    draws, numbers, accuracies = np.random.default_rng(1), np.arange(1, seeds + 1), {}
    for name in config["variants"]:
        around = 0.01 * ((7 * numbers + len(name)) % 5 - 2) + draws.normal(0, spread, seeds)
        accuracies[name] = (means.get(name, 99.4) + around).round(2).tolist()
    changes = {key: config[key] for key in ("claims", "verdicts", "variants")}
    return made_up_study(accuracies, train=99.5, epochs=1, **changes)


def compared(config, runs):
    found = judge(runs, config["claims"], config["verdicts"])
    return found.comparisons, found.claims


@pytest.fixture
def config(default_study):
    return default_study.model_dump()


@pytest.fixture
def one_claim(config):
    """The config with its first claim alone."""
    return {**config, "claims": config["claims"][:1]}


@pytest.mark.parametrize(
    ("seeds", "spread", "means"),
    [(1, 0, {"gn": 99.6}), (10, 0, {"gn": 99.6}), (40, 0, {"gn": 99.43}), (8, 0.1, {})],
    ids=["one run", "holds", "too small", "undecided"],
)
def test_the_tables_have_the_numbers_and_verdicts_of_the_contrasts(
    config, tmp_path, seeds, spread, means
):
    study = judged(config, seeds, spread, **means)
    for name in ("comparisons", "claims"):
        getattr(study, name).to_csv(tmp_path / f"{name}.csv", index=False)
    again = [pd.read_csv(tmp_path / f"{name}.csv") for name in ("comparisons", "claims")]
    for words in (verdict_table, claims_in_brief):  # of tables read back the same
        cells = words(study.comparisons, study.claims, config)
        pd.testing.assert_frame_equal(cells, words(*again, config))
    cells = verdict_table(study.comparisons, study.claims, config)
    brief = claims_in_brief(study.comparisons, study.claims, config).set_index("claim")
    verdict_of = study.claims.set_index("claim")["verdict"]
    says = {claim["id"]: claim["says"] for claim in config["claims"]}
    labels = {name: variant["label"] for name, variant in config["variants"].items()}
    mean = "difference" if seeds == 1 else "mean difference"
    assert len(cells) == len(study.comparisons) and len(brief) == len(says)
    for row, shown in zip(study.comparisons.itertuples(), cells.to_dict("records"), strict=True):
        assert f"“{says[row.claim]}”: {verdict_of[row.claim]} · " in shown["claim"]
        assert shown["against"] == labels[row.rival]
        assert number(shown[mean]) == pytest.approx(row.mean_difference, abs=6e-4)
        short = brief.loc[says[row.claim]]
        assert short["verdict"].startswith(verdict_of[row.claim])
        differences = short["difference [interval]"].split("; ")
        (told,) = (one for one in differences if one.endswith(f" ({shown['against']})"))
        assert told.startswith(shown[mean])
        if row.verdict in UNJUDGED:
            assert "[" not in told and "interval" not in shown
            continue
        assert shown["verdict"] == row.verdict
        low, high = map(number, shown["interval"].split(" to "))
        assert (low, high) == pytest.approx((row.ci_low, row.ci_high), abs=6e-4)
        assert f" [{shown['interval'].replace(' to ', f',{NBSP}')}] (" in told
        inner = shown["narrower interval"].split(" to ")
        assert number(inner[0]) >= low and number(inner[1]) <= high
        for outcome, column in (("difference", "it"), ("equivalence", "none")):
            ends = [getattr(row, f"seeds_for_{outcome}_{end}") for end in ("low", "high")]
            needed = shown.get(f"seeds to show {column}", "")
            assert needed == ("" if pd.isna(ends[0]) else f"{ends[0]:.0f} to {ends[1]:.0f}")


def test_mcnemars_test_is_shown_for_one_seed_only(config):
    right = {name: np.arange(1000) % 100 >= wrong for wrong, name in enumerate(config["variants"])}
    answers = {
        (name, 1): predictions([3] * 1000, dict.fromkeys(np.flatnonzero(~own), 5))
        for name, own in right.items()
    }
    study = judged(config, 1)
    assert single_runs(study) is None
    tests = single_run_tests(config["claims"], Predictions.of(answers.items()))
    table = single_runs(replace(study, single_run=tests))
    assert table.cells.iloc[0].tolist() == [
        "Group Normalization",
        "Layer Normalization",
        "10",
        "0",
        "0.002",
    ]
    assert len(table.cells) == 2 and "not the methods" in table.caption
    assert amounts.probability(1e-7) == f"<{NBSP}0.0001" and amounts.probability(0.999) == "1"


def test_a_contrast_of_an_earlier_look_says_so(one_claim):
    """Against Layer Norm ten seeds are enough; against Batch Norm 30 are read."""
    config = {**one_claim, "verdicts": one_claim["verdicts"] | {"looks": [10, 30]}}
    runs = judged(one_claim, 30, 0.1).runs
    runs.loc[runs["variant"] == "ln", "test_accuracy"] -= 1
    table, claims = compared(config, runs)
    assert dict(zip(table["rival"], table["look"], strict=True)) == {"ln": 10, "bn_l1": 30}
    assert list(verdict_table(table, claims, config)["look"]) == ["10", "30"]


def test_no_claims(config):
    study = judged({**config, "claims": []}, 3)
    assert verdict_table(study.comparisons, study.claims, study.config).empty
    for macro in ("claims", "rules", "looks", "verdicts", "label_doubts"):
        assert said(macro, study) == ""


def test_no_interval_reaches_beyond_what_differences_can_be(config):
    study = judged(config, 2)
    table = study.comparisons
    table[["ci_low", "ci_high"]] = [-403.03, 411.83]
    text = " ".join(verdict_table(table, study.claims, config).to_numpy().ravel())
    assert not re.search(r"\d{3}\.\d", text.replace("100.000", "").replace("200.000", ""))
    assert "−100.000 to +100.000" in text and "−200.000 to +200.000" in text
    assert amounts.low_to_high(-403.03, 411.83, "test_loss") == "−403.0300 to +411.8300"


def test_no_difference_is_said_of_these_images_where_others_may_differ(one_claim):
    study = judged(one_claim, 30)
    assert study.claims["verdict"][0] == "no difference that matters"
    table = study.comparisons
    for widest, words in ((0.04, ""), (0.06, " on these test images")):
        table[["other_images_low", "other_images_high"]] = [-0.01, widest]
        brief = claims_in_brief(table, study.claims, one_claim)
        assert brief["verdict"][0] == f"no difference that matters{words}"
        assert f"no difference that matters{words}." in said("verdicts", study)


def test_corrected_labels_can_change_a_verdict(one_claim):
    study = judged(one_claim, 10, gn=99.6)
    runs = study.runs
    doubts = pd.concat(
        runs[["variant", "seed"]].assign(
            scoring=scoring, images=images, errors=0, accuracy=accuracy
        )
        for scoring, images, accuracy in (
            ("given", 10_000, runs["test_accuracy"]),
            ("corrected", 10_000, runs["test_accuracy"].where(runs["variant"] != "gn", 99.2)),
            ("excluded", 9_985, runs["test_accuracy"]),
        )
    )
    claims = verdicts_by_scoring(
        study.claims, runs, doubts, lambda r: judge(r, one_claim["claims"])
    )
    text = said("label_doubts", replace(study, claims=claims, label_doubts=doubts))
    assert text.startswith("Disputed test labels: 15 of 10,000.")
    corrected, excluded = text.split("With ")[1:]
    assert "test accuracy” becomes contradicted." in corrected
    assert "no verdict changes." in excluded


@pytest.mark.parametrize("seeds", [1, 3, 10])
def test_figures_draw_and_tell_their_numbers(config, seeds):
    loss = {**config["claims"][0], "id": "loss", "metric": "test_loss"}
    config = {**config, "claims": [*config["claims"], loss]}
    study = judged(config, seeds, gn=99.6)
    table = study.comparisons.assign(
        other_images_low=lambda t: t["ci_low"] - 0.01, other_images_high=lambda t: t["ci_high"]
    )
    points, nats = forests(study.differences, table, config)
    assert (points.name, nats.name) == ("forest_points", "forest_nats")
    for plot in (points, nats):
        assert plot.svg().startswith("<svg")
    assert points.alt.count(" minus ") == 8 and nats.alt.count(" minus ") == 2
    assert table["verdict"].iloc[0] in points.alt
    assert ("other test images" in points.caption) == (seeds > 1)


@pytest.mark.parametrize(
    ("key", "values", "others"),
    [("batch_size", (64, 4), "65.3 % at 2"), ("max_lr", (0.005, 0.045), "")],
)
def test_a_figure_against_what_varies_only_where_it_does(key, values, others):
    assert accuracy_against(made_up_study({"gn": [99.4]}), key) is None
    variants = {
        f"{norm}_{place}": {"label": f"{norm} {value}", "norm": norm, key: value}
        for norm in ("batch", "group")
        for place, value in enumerate(values)
    }
    accuracies = {name: [98.0 if name == "batch_1" else 99.4] * 2 for name in variants}
    plot = accuracy_against(made_up_study(accuracies, variants=variants, reference=False), key)
    assert f"98.00 % at {values[1]:g}" in plot.alt and others in plot.alt
    axes = plot.figure.axes[0]
    assert {tick.get_text() for tick in axes.get_xticklabels()} >= {f"{v:g}" for v in values}
    assert axes.get_xscale() == "log"
