"""Sentences, table and figures of the verdicts: true of the tables they are made from."""

import re

import numpy as np
import pandas as pd
import pytest
from normstudy.report.figures import batch_size as batch_size_figure
from normstudy.report.figures import verdicts as verdict_figures
from normstudy.report.figures.learning_rate import accuracy_against_learning_rate
from normstudy.report.figures.plot import rendered
from normstudy.report.text import verdicts as verdict_text
from normstudy.report.text.wording import spelled
from normstudy.statistics import verdicts
from normstudy.statistics.mcnemar import single_run_tests


def make_runs(config, seeds, **means):
    """Runs with these means of test accuracy; seeds spread around them the same way."""
    rows = []
    for name in config["variants"]:
        for seed in range(1, seeds + 1):
            test = round(means.get(name, 99.4) + 0.01 * ((seed * 7 + len(name)) % 5 - 2), 2)
            rows.append((name, seed, test, 0.02, 99.5, 99.8, 99.5 - test, 99.8 - test))
    columns = ["variant", "seed", "test_accuracy", "test_loss", "train_accuracy"]
    columns += ["train_accuracy_evaluated", "gap", "gap_evaluated"]
    return pd.DataFrame(rows, columns=columns).round(6)


def judged(config, seeds, **means):
    runs = make_runs(config, seeds, **means)
    return runs, verdicts.compare(runs, config["claims"], config["verdicts"])


@pytest.fixture
def config(default_config):
    return default_config


def test_ten_seeds(config):
    _, table = judged(config, 10, gn=99.6)
    first, *_ = verdict_text.claim_sentences(table, config)
    row = table.iloc[0]
    assert first.startswith(
        "“Group Normalization has the best test accuracy” is supported over 10 seeds. In test"
        f" accuracy, Group Normalization is {row.mean_difference:.3f} points above Layer"
    )
    assert f"interval +{row.adjusted_low:.3f} to +{row.adjusted_high:.3f}" in first
    assert verdict_text.power_note(table, config) == ""


@pytest.mark.parametrize("seeds", [5, 7])
def test_too_few_seeds_say_why_nothing_can_be_supported(config, seeds):
    _, table = judged(config, seeds, gn=99.9)
    text = verdict_text.judgement(table, config)
    assert "cannot support any, however large the difference: that takes at least eight" in text
    note = verdict_text.power_note(table, config)
    assert f"with {seeds} seeds is 2/2^{seeds} = {2 / 2**seeds:.2g}" in note
    assert "times the number of claims, 4, is above 0.05" in note
    assert "supported" not in set(table["verdict"])


@pytest.mark.parametrize("gn", [99.9, 99.4, 98.9])
def test_the_judgement_counts_and_quotes_every_claim_once(config, gn):
    _, table = judged(config, 10, gn=gn)
    text = verdict_text.judgement(table, config)
    verdict_of = table.drop_duplicates("claim").set_index("claim")["claim_verdict"]
    if verdict_of.nunique() == 1:
        assert text.startswith(f"All four claims are {verdict_of.iloc[0]}, with ten seeds.")
        return
    for name, count in verdict_of.value_counts().items():
        assert re.search(rf"\b{spelled(count)} (is|are) {name}\b", text), text
    for claim in config["claims"]:
        quoted = re.search(rf"(is|are) ([a-z ]+) \([^)]*“{re.escape(claim['says'])}”", text)
        assert quoted[2] == verdict_of[claim["id"]]
    assert "cannot support" not in text and "one run" not in text


def test_the_judgement_of_a_single_claim(config):
    config = {**config, "claims": config["claims"][:1]}
    for gn, verdict in ((99.9, "supported"), (98.9, "not supported")):
        _, table = judged(config, 10, gn=gn)
        assert verdict_text.judgement(table, config) == (
            "With ten seeds the claim “Group Normalization has the best test accuracy” is"
            f" {verdict}."
        )


def test_one_seed_cannot_tell_and_shows_mcnemar(config):
    _, table = judged(config, 1, gn=99.6)
    right = {name: np.arange(1000) % 100 >= wrong for wrong, name in enumerate(config["variants"])}
    predictions = {
        (name, 1): pd.DataFrame(
            {"index": range(1000), "label": 3, "prediction": np.where(own, 3, 5)}
        )
        for name, own in right.items()
    }
    tests = single_run_tests(config["claims"], predictions)
    sentences = verdict_text.claim_sentences(table, config, tests)
    (sentence,) = sentences  # the other claims are not about test images
    assert "Group Normalization alone is right on 10 and Layer Normalization alone on 0" in sentence
    assert "0 (p = 0.002)" in sentence
    assert sentence.startswith("McNemar's exact test for these trained networks, not for the meth")
    text = verdict_text.judgement(table, config)
    assert text.startswith("None of the four claims can be judged: one run cannot tell")
    assert text.endswith("It takes at least eight seeds to support any of them.")
    shown = verdict_text.verdict_table(table, config)
    assert "adjusted p" not in shown
    assert shown["claim"].str.contains("one run cannot tell").all()


def test_of_many_rivals_the_sentence_counts(config):
    variants = {f"v{i}": {"label": f"Model {i}", "norm": "none"} for i in range(9)}
    claim = {**config["claims"][0], "variant": "v0", "against": "all"}
    config = {**config, "variants": variants, "claims": [claim]}
    _, table = judged(config, 10, v0=99.6, v7=99.9, v8=99.6)
    (sentence,) = verdict_text.claim_sentences(table, config)
    assert (
        "not supported over 10 seeds. Of eight rivals it is supported against six and" in sentence
    )
    assert sentence.endswith("not supported against two (Model 7 and Model 8).")


def test_real_but_negligible(config):
    config = {**config, "claims": config["claims"][:1]}
    _, table = judged(config, 10, gn=99.43)
    assert set(table["claim_verdict"]) == {"supported"}
    assert (
        "real but negligible: less than 0.05 points"
        in (verdict_text.claim_sentences(table, config)[0])
    )
    text = verdict_text.judgement(table, config)
    assert "is real, but against some rival smaller than the margin that matters" in text


def test_inconclusive_tells_the_seeds_it_would_take(config):
    config = {**config, "claims": config["claims"][:1]}
    runs = make_runs(config, 8)
    runs["test_accuracy"] += np.random.default_rng(1).normal(0, 0.1, len(runs)).round(2)
    table = verdicts.compare(runs, config["claims"], config["verdicts"])
    (sentence,) = verdict_text.claim_sentences(table, config)
    assert "is inconclusive over 8 seeds" in sentence
    assert f"with 80 % power would take {table['seeds_needed'].max()} seeds" in sentence


def test_the_table_read_back_says_the_same(config, tmp_path):
    _, table = judged(config, 6, gn=99.6)
    table.to_csv(tmp_path / "comparisons.csv", index=False)
    again = pd.read_csv(tmp_path / "comparisons.csv")
    assert verdict_text.claim_sentences(again, config) == verdict_text.claim_sentences(
        table, config
    )
    pd.testing.assert_frame_equal(
        verdict_text.verdict_table(again, config), verdict_text.verdict_table(table, config)
    )


def test_no_claims(config):
    config = {**config, "claims": []}
    _, table = judged(config, 3)
    assert verdict_text.judgement(table, config) == ""
    assert verdict_text.claim_sentences(table, config) == []
    assert verdict_text.power_note(table, config) == ""
    assert verdict_text.verdict_table(table, config).empty


def test_corrected_labels_can_change_a_verdict(config):
    config = {**config, "claims": config["claims"][:1]}
    runs, table = judged(config, 10, gn=99.6)
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
    first, corrected, excluded = verdict_text.label_sentences(runs, doubts, config, table)
    assert first.startswith("Of 10,000 test labels 15 are in doubt.")
    assert corrected.endswith("test accuracy” becomes not supported.")
    assert excluded.endswith("no verdict changes.")


@pytest.mark.parametrize("seeds", [1, 3, 10])
def test_figures_draw_and_tell_their_numbers(config, seeds):
    loss = {**config["claims"][0], "id": "loss", "metric": "test_loss"}
    config = {**config, "claims": [*config["claims"], loss]}
    runs, table = judged(config, seeds, gn=99.6)
    plots = [
        *verdict_figures.seed_dots(runs, config),
        *verdict_figures.forests(runs, table, config),
    ]
    names = ["forest_points", "forest_nats"]
    assert [plot.name for plot in plots] == (names if seeds == 1 else ["seed_dots", *names])
    for plot in plots:
        assert rendered(plot.figure, "png").startswith(b"\x89PNG")
        assert rendered(plot.narrow, "svg").startswith(b"<?xml")
    *dots, points, nats = plots
    mean = runs[runs["variant"] == "gn"]["test_accuracy"].mean()
    assert all(f"Group Normalization {mean:.2f}" in plot.alt for plot in dots)
    assert points.alt.count(" minus ") == 8 and nats.alt.count(" minus ") == 2
    assert table["verdict"].iloc[0] in points.alt


def test_a_figure_against_batch_size_only_where_it_varies(config):
    runs, _ = judged(config, 2)
    assert batch_size_figure.accuracy_against_batch_size(runs, config) is None
    variants = {
        f"{norm}_{size}": {"label": f"{norm} {size}", "norm": norm, "batch_size": size}
        for norm in ("batch", "group")
        for size in (64, 4)
    }
    config = {**config, "variants": variants}
    plot = batch_size_figure.accuracy_against_batch_size(make_runs(config, 2, batch_4=98), config)
    assert "98.00 % at 4" in plot.alt and "65.3 % at 2" in plot.alt
    assert rendered(plot.figure, "svg").startswith(b"<?xml")


def test_a_figure_against_learning_rate_only_where_it_varies(config):
    runs, _ = judged(config, 2)
    assert accuracy_against_learning_rate(runs, config) is None
    variants = {
        f"{norm}_{rate}": {"label": f"{norm} {rate}", "norm": norm, "max_lr": rate}
        for norm in ("batch", "group")
        for rate in (0.005, 0.045)
    }
    config = {**config, "variants": variants}
    plot = accuracy_against_learning_rate(make_runs(config, 2, **{"batch_0.045": 98}), config)
    assert "98.00 % at 0.045" in plot.alt
    (axes,) = plot.figure.axes
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["0.005", "0.045"]
    assert plot.narrow.axes[0].get_xscale() == "log"
