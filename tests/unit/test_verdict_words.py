"""Sentences, table and figures of the verdicts: true of the tables they are made from."""

import re

import numpy as np
import pandas as pd
import pytest
from helpers.judged import judge
from helpers.made_up import made_up_study, predictions
from normstudy.report.figures import verdicts as verdict_figures
from normstudy.report.figures.varied import accuracy_against
from normstudy.report.text import amounts
from normstudy.report.text import claims as claim_text
from normstudy.report.text import verdicts as verdict_text
from normstudy.report.text.wording import spelled
from normstudy.statistics.label_doubts import verdicts_by_scoring
from normstudy.statistics.mcnemar import single_run_tests
from normstudy.statistics.verdicts.rule import Verdict


def make_runs(config, seeds, **means):
    """Runs with these means of test accuracy; seeds spread around them the same way."""
    accuracies = {
        name: [
            round(means.get(name, 99.4) + 0.01 * ((seed * 7 + len(name)) % 5 - 2), 2)
            for seed in range(1, seeds + 1)
        ]
        for name in config["variants"]
    }
    return made_up_study(accuracies, train=99.5, epochs=1, variants=config["variants"]).runs


def judged(config, seeds, **means):
    """The runs, the contrasts and the claims."""
    runs = make_runs(config, seeds, **means)
    return runs, *compared(config, runs)


def compared(config, runs):
    found = judge(runs, config["claims"], config["verdicts"])
    return found.comparisons, found.claims


def looking(config, *looks):
    return {**config, "verdicts": config["verdicts"] | {"looks": list(looks)}}


@pytest.fixture
def config(default_config):
    return default_config


@pytest.fixture
def one_claim(config):
    """The config with its first claim alone."""
    return {**config, "claims": config["claims"][:1]}


def test_ten_seeds(config):
    _, table, claims = judged(config, 10, gn=99.6)
    first, *_ = claim_text.claim_sentences(table, claims, config)
    row = table.iloc[0]
    assert first.startswith(
        "“Group Normalization has the best test accuracy”: holds. In test"
        f" accuracy, Group Normalization is {row.mean_difference:.3f} points above Layer"
    )
    assert f"interval +{row.ci_low:.3f} to +{row.ci_high:.3f}" in first


@pytest.mark.parametrize("gn", [99.9, 99.4, 98.9])
def test_the_judgement_counts_and_quotes_every_claim_once(config, gn):
    _, _, claims = judged(config, 10, gn=gn)
    text = verdict_text.judgement(claims, config)
    verdict_of = claims.set_index("claim")["verdict"]
    assert "with ten seeds" in text
    if verdict_of.nunique() == 1:
        does = verdict_text.DOES[verdict_of.iloc[0]][1]
        assert text == f"All four claims {does}, with ten seeds."
        return
    for name, count in verdict_of.value_counts().items():
        does = verdict_text.DOES[name][count > 1]
        assert re.search(rf"\b{spelled(count)} {does}\b", text), text
    for claim in config["claims"]:
        before = text.partition(f"“{claim['says']}”")[0]
        does = {before.rfind(words): v for v, both in verdict_text.DOES.items() for words in both}
        assert does[max(does)] == verdict_of[claim["id"]]
    assert "one run" not in text


def test_the_judgement_of_a_single_claim(one_claim):
    for gn, does in ((99.9, "holds"), (98.9, "is contradicted")):
        _, _, claims = judged(one_claim, 10, gn=gn)
        assert verdict_text.judgement(claims, one_claim) == (
            f"With ten seeds the claim “Group Normalization has the best test accuracy” {does}."
        )


def test_all_claims_alike(config):
    config = {**config, "claims": [c for c in config["claims"] if c["variant"] == "gn"]}
    runs = make_runs(config, 10, gn=99.6).assign(train_accuracy=lambda t: t["test_accuracy"])
    _, claims = compared(config, runs)
    assert verdict_text.judgement(claims, config) == "Both claims hold, with ten seeds."


def test_one_seed_cannot_tell_and_shows_mcnemar(config):
    _, table, claims = judged(config, 1, gn=99.6)
    right = {name: np.arange(1000) % 100 >= wrong for wrong, name in enumerate(config["variants"])}
    answers = {
        (name, 1): predictions([3] * 1000, dict.fromkeys(np.flatnonzero(~own), 5))
        for name, own in right.items()
    }
    tests = single_run_tests(config["claims"], answers)
    sentences = claim_text.claim_sentences(table, claims, config, tests)
    (sentence,) = sentences  # the other claims are not about test images
    assert "Group Normalization alone is right on 10 and Layer Normalization alone on 0" in sentence
    assert "0 (p = 0.002)" in sentence
    assert sentence.startswith("McNemar's exact test for these trained networks, not for the meth")
    text = verdict_text.judgement(claims, config)
    assert text.startswith("None of the four claims can be judged: one run cannot tell")
    shown = verdict_text.verdict_table(table, claims, config)
    assert not {"interval", "verdict", "smallest margin"} & set(shown)
    assert shown["claim"].str.contains("one run cannot tell").all()


def test_of_many_rivals_the_sentence_counts(config):
    variants = {f"v{i}": {"label": f"Model {i}", "norm": "none"} for i in range(9)}
    claim = {**config["claims"][0], "variant": "v0", "against": "all"}
    config = {**config, "variants": variants, "claims": [claim]}
    _, table, claims = judged(config, 10, v0=99.6, v7=99.9, v8=99.6)
    (sentence,) = claim_text.claim_sentences(table, claims, config)
    assert (
        "accuracy”: contradicted against Model 7. Of eight rivals: holds against six," in sentence
    )
    assert "no difference that matters against one (Model 8)" in sentence
    assert sentence.endswith("and contradicted against one (Model 7).")


def test_shown_and_too_small_to_matter(one_claim):
    _, table, claims = judged(one_claim, 40, gn=99.43)
    assert set(claims["verdict"]) == {Verdict.TOO_SMALL}
    (sentence,) = claim_text.claim_sentences(table, claims, one_claim)
    assert "which is less than 0.05 points and too small to matter" in sentence
    assert "holds, but by too little to matter" in verdict_text.judgement(claims, one_claim)


def noisy(config, seeds):
    runs = make_runs(config, seeds)
    runs["test_accuracy"] += np.random.default_rng(1).normal(0, 0.1, len(runs)).round(2)
    return runs


def test_undecided_tells_the_seeds_for_both_outcomes_as_ranges(one_claim):
    table, claims = compared(one_claim, noisy(one_claim, 8))
    (sentence,) = claim_text.claim_sentences(table, claims, one_claim)
    assert "best test accuracy”: undecided." in sentence
    low, high = (table[f"seeds_for_difference_{end}"].max() for end in ("low", "high"))
    assert f"a difference of 0.05 points is true, {low} to {high} seeds would show it" in sentence
    low, high = (table[f"seeds_for_equivalence_{end}"].min() for end in ("low", "high"))
    assert f"{low} to {high} would show that none matters" in sentence
    shown = verdict_text.verdict_table(table, claims, one_claim)
    row = table.iloc[0]
    assert shown["seeds to show it"].iloc[0] == (
        f"{row.seeds_for_difference_low} to {row.seeds_for_difference_high}"
    )


def test_looks_are_announced(config):
    config = looking({**config, "claims": config["claims"][:1]}, 8, 20)
    table, claims = compared(config, noisy(config, 5))
    text = verdict_text.judgement(claims, config)
    assert text == "The claim cannot be judged yet: the first look is planned at 8 seeds."
    (sentence,) = claim_text.claim_sentences(table, claims, config)
    assert sentence.startswith("“Group Normalization has the best test accuracy”: not judged yet.")
    assert "interval" not in sentence and "opposite" not in sentence
    _, claims = compared(config, noisy(config, 12))
    text = verdict_text.judgement(claims, config)
    assert text.startswith("With eight seeds the claim “Group")
    assert text.endswith("is undecided. It will be judged again at 20 seeds.")


def test_a_contrast_of_an_earlier_look_says_so(one_claim):
    """Against Layer Norm ten seeds are enough; against Batch Norm 30 are read."""
    config = looking(one_claim, 10, 30)
    runs = noisy(config, 30)
    runs.loc[runs["variant"] == "ln", "test_accuracy"] -= 1
    table, claims = compared(config, runs)
    assert dict(zip(table["rival"], table["look"], strict=True)) == {"ln": 10, "bn_l1": 30}
    shown = verdict_text.verdict_table(table, claims, config)
    assert list(shown["look"]) == ["10 seeds", "30 seeds"]
    (sentence,) = claim_text.claim_sentences(table, claims, config)
    early, late, *_ = sentence.split("; ")
    assert early.endswith(", from the first ten seeds)") and "first" not in late
    _, single, whole = judged(one_claim, 10, gn=99.6)
    assert "look" not in verdict_text.verdict_table(single, whole, one_claim)


def test_the_judgement_names_no_claims_where_a_list_follows(config):
    _, _, claims = judged(config, 10, gn=99.9)
    assert claims["verdict"].nunique() > 1
    text = verdict_text.judgement(claims, config, names=False)
    assert text.startswith("Of the four claims, with ten seeds, ") and "“" not in text


def test_the_table_read_back_says_the_same(config, tmp_path):
    for seeds in (1, 6):
        _, table, claims = judged(config, seeds, gn=99.6)
        table.to_csv(tmp_path / "comparisons.csv", index=False)
        claims.to_csv(tmp_path / "claims.csv", index=False)
        again = (pd.read_csv(tmp_path / f"{name}.csv") for name in ("comparisons", "claims"))
        table_again, claims_again = again
        for words in (claim_text.claim_sentences, verdict_text.verdict_table):
            here, there = words(table, claims, config), words(table_again, claims_again, config)
            assert list(map(str, here)) == list(map(str, there))
        assert verdict_text.judgement(claims, config) == verdict_text.judgement(
            claims_again, config
        )


def test_no_claims(config):
    config = {**config, "claims": []}
    _, table, claims = judged(config, 3)
    assert verdict_text.judgement(claims, config) == ""
    assert claim_text.claim_sentences(table, claims, config) == []
    assert verdict_text.verdict_table(table, claims, config).empty


def test_corrected_labels_can_change_a_verdict(one_claim):
    runs, _, claims = judged(one_claim, 10, gn=99.6)
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
    claims = verdicts_by_scoring(claims, runs, doubts, lambda r: judge(r, one_claim["claims"]))
    first, corrected, excluded = verdict_text.label_sentences(doubts, claims, one_claim)
    assert first.startswith("Of 10,000 test labels 15 are in doubt.")
    assert corrected.endswith("test accuracy” becomes: contradicted.")
    assert excluded.endswith("no verdict changes.")


def test_without_verdicts_none_can_change(config):
    *_, claims = judged(config, 1)
    doubts = pd.DataFrame(
        {"variant": "gn", "seed": 1, "scoring": ["given", "corrected", "excluded"],
         "images": [10_000, 10_000, 9_985], "errors": 60, "accuracy": 99.4}
    )  # fmt: skip
    claims = claims.assign(verdict_labels_corrected=claims["verdict"])
    assert verdict_text.label_sentences(doubts, claims, config) == []


@pytest.mark.parametrize("seeds", [1, 3, 10])
def test_figures_draw_and_tell_their_numbers(config, seeds):
    loss = {**config["claims"][0], "id": "loss", "metric": "test_loss"}
    config = {**config, "claims": [*config["claims"], loss]}
    runs, table, _ = judged(config, seeds, gn=99.6)
    table["other_images_low"] = table["ci_low"] - 0.01
    table["other_images_high"] = table["ci_high"] + 0.01
    pairs = judge(runs, config["claims"], config["verdicts"]).differences
    plots = [
        *verdict_figures.forests(pairs, table, config),
    ]
    assert [plot.name for plot in plots] == ["forest_points", "forest_nats"]
    for plot in plots:
        assert plot.png().startswith(b"\x89PNG") and plot.svg().startswith("<svg")
    points, nats = plots
    assert points.alt.count(" minus ") == 8 and nats.alt.count(" minus ") == 2
    assert table["verdict"].iloc[0] in points.alt
    assert ("other test images" in points.caption) == (seeds > 1)


def varied_study(key, values, low):
    """A study that varies a key, in which Batch Normalization fails at the last value."""
    variants = {
        f"{norm}_{place}": {"label": f"{norm} {value}", "norm": norm, key: value}
        for norm in ("batch", "group")
        for place, value in enumerate(values)
    }
    accuracies = {name: [low if name == "batch_1" else 99.4] * 2 for name in variants}
    return made_up_study(accuracies, variants=variants, reference=False)


def test_a_figure_against_batch_size_only_where_it_varies():
    assert accuracy_against(made_up_study({"gn": [99.4]}), "batch_size") is None
    plot = accuracy_against(varied_study("batch_size", (64, 4), 98.0), "batch_size")
    assert "98.00 % at 4" in plot.alt and "65.3 % at 2" in plot.alt
    assert plot.name == "batch_size"


def test_a_figure_against_learning_rate_only_where_it_varies():
    assert accuracy_against(made_up_study({"gn": [99.4]}), "max_lr") is None
    plot = accuracy_against(varied_study("max_lr", (0.005, 0.045), 98.0), "max_lr")
    assert "98.00 % at 0.045" in plot.alt
    (axes,) = plot.figure.axes
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["0.005", "0.045"]
    assert axes.get_xscale() == "log"


def test_no_interval_reaches_beyond_what_differences_can_be(config):
    _, table, claims = judged(config, 2, gn=99.6)
    table[["ci_low", "ci_high"]] = [-403.03, 411.83]
    words = " ".join(claim_text.claim_sentences(table, claims, config))
    cells = " ".join(verdict_text.verdict_table(table, claims, config).to_numpy().ravel())
    for text in (words, cells):
        assert not re.search(r"\d{3}\.\d", text.replace("100.000", "").replace("200.000", ""))
        assert "−100.000 to +100.000" in text and "−200.000 to +200.000" in text
    assert amounts.interval(-403.03, 411.83, "test_loss") == "−403.0300 to +411.8300"


def test_beside_the_table_only_what_it_does_not_hold_is_said(config):
    _, table, claims = judged(config, 10, gn=99.6)
    assert claim_text.claim_notes(table, claims, config, pd.DataFrame()) == []


def test_one_run_has_a_difference_and_no_mean(config):
    _, table, claims = judged(config, 1, gn=99.6)
    columns = list(verdict_text.verdict_table(table, claims, config))
    assert "difference" in columns and "mean difference" not in columns
