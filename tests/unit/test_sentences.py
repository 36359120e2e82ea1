"""What the report's template says of any study: short, whole, and with the tables' numbers."""

import re
from collections import Counter
from dataclasses import replace
from functools import cache

import pandas as pd
import pytest
from helpers.made_up import CONFIG, claim, drawn, made_up_config, made_up_study
from helpers.page import said
from helpers.places import ROOT, TEMPLATE
from hypothesis import given, settings
from hypothesis import strategies as st
from normstudy.example.outline import network_table
from normstudy.network import model
from normstudy.records.json_records import Look
from normstudy.report.original import departures, same_course
from normstudy.report.tables import setup as setup_tables
from normstudy.report.tables.verdicts import published
from normstudy.report.text.wording import fixed, listing, norm_name, numbers, several, signed, span
from normstudy.statistics.mcnemar import wilson
from normstudy.statistics.verdicts.rule import DECIDED, HOLDING, Verdict
from torch import nn

MACROS = re.findall(
    r"macro (\w+)\(study\) -%", (TEMPLATE / "text.html.j2").read_text(encoding="utf-8")
)
PUBLISHED = pd.read_csv(ROOT / "workflow" / "resources" / "mnist_published_verdicts.csv")
DEFAULT = {"gn": 99.44, "ln": 99.46, "bn_l1": 99.5}
THREE = made_up_config()["claims"]
LOOKS = {"looks": [4, 8]}


STUDIES = {
    "one seed": lambda: made_up_study(drawn(1, **DEFAULT), claims=THREE),
    "many": lambda: made_up_study(drawn(30, **DEFAULT), claims=THREE),
    "undecided": lambda: made_up_study(drawn(4, 0.1, **DEFAULT), claims=THREE),
    "looks": lambda: made_up_study(
        drawn(10, **DEFAULT),
        claims=THREE,
        verdicts=LOOKS,
        looks=[Look(4, "a", "b", "c", "2026-01-31T12:00:00Z")],
    ),
    "one variant": lambda: made_up_study({"gn": [99.4]}),
    "own data": lambda: made_up_study(
        drawn(3, 0.2, own=98.0, rms=98.1),
        reference=False,
        images=300,
        dataset={"name": "mine", "source": "x", "classes": ["a", "b", "c"]},
        variants={
            "own": {"label": "Group", "norm": "group"},
            "rms": {"label": "RMS", "norm": "rms"},
        },
        claims=[claim("own")],
    ),
}


@cache
def made(name):
    """A study of STUDIES and what each macro says of it."""
    study = STUDIES[name]()
    for recipe in study.recipes.values():
        recipe.update(mean=0.2101, std=0.3702)
    if study.reference is not None:
        study = replace(study, published=PUBLISHED)
    return study, {macro: said(macro, study) for macro in MACROS}


# --- Small words -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (listing(["a"]), "a"),
        (listing(["a", "b", 3]), "a, b and 3"),
        (several("ab", "models"), "a and b"),
        (several("abcdefg", "models"), "7 models"),
        (span([4, 12, 4]), "4 to 12"),
        (span([1000, 1000.0]), "1,000"),
        (signed(0.126), "+0.13"),
        (signed(-2), "−2.00"),
        (signed(-0.001), "±0.00"),
        (fixed(-0.001), "0.00"),
        (fixed(-0.5), "−0.50"),
        (numbers([1]), "1"),
        (numbers([10, 2, 1, 3]), "1–3, 10"),
        (numbers([5, 7, 8, 20, 21, 22]), "5, 7, 8, 20–22"),
        (numbers(range(1, 1001)), "1–1000"),
        (norm_name("my_norm"), "My norm"),
    ],
)
def test_small_words(words, text):
    assert words == text


# --- Six studies -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", STUDIES)
def test_no_sentence_has_a_hole_or_a_word_of_another_study(name):
    _, texts = made(name)
    for macro, text in texts.items():
        assert not re.search(r"\b(nan|None|NaT|inf|Verdict|NA)\b|[{}<>]|\(\)|\s[.,;:)]", text), (
            macro
        )
        small = r"\. [a-z]" if macro != "glossary" else "$^"  # whose entries begin small
        assert not re.search(rf"[.,;:]{{2}}|[,;]$|{small}", text), macro
        assert not re.search(r"\b1 (seeds|images|runs|models|epochs|looks|rivals)\b", text), macro
    everything = " ".join(texts.values())
    absent = {
        "one seed": r"Bonferroni|narrower|standard deviation between",
        "many": r"One run|one run each|No winner|look\b|published",
        "undecided": r"One run|one run each|No winner|look\b",
        "looks": r"One run|one run each|No winner",
        "one variant": r"rivals?\b|winner|leads|rank|claim|Each is|models\b(?! that)|highest",
        "own data": r"original|[Dd]isputed|MNIST|One run",
    }[name]
    assert not re.search(absent, everything), re.search(absent, everything)


# Numbers that the template itself states: the 95 % of Wilson, years, sizes that never change.
STATED = {"95", "0", "28", "1", "3", "2", "2021", "2019", "99.5", "0.04", "0.06", "4", "5", "6"}


@pytest.mark.parametrize("name", STUDIES)
def test_every_number_is_one_of_the_studys_tables_or_settings(name):
    study, texts = made(name)
    known = set(STATED)
    tables = [study.tests(), study.summary, study.comparisons, study.claims, study.evaluation]
    for value in pd.concat([t.select_dtypes("number").stack() for t in tables]).unique():
        known |= {f"{value:,.0f}", f"{value:.2f}", f"{value:g}"}
    known |= {str(len(study.claims)), str(len(study.comparisons)), str(len(study.seeds))}
    known |= {str(n) for n in study.claims["verdict"].value_counts()}
    known |= {str(n) for n in range(1, len(study.seeds) + 1)}  # the seeds
    known |= {f"{n:,}" for n in study.parameters.values()} | {str(len(study.facts.classes))}
    known |= {f"{v:g}" for r in study.recipes.values() for v in r.values() if isinstance(v, float)}
    known |= {str(r["epochs"]) for r in study.recipes.values()}
    known |= {f"{v:g}" for v in study.config["verdicts"].values() if isinstance(v, float)}
    if study.label_issues is not None:
        doubted = len(study.label_issues)
        known |= {str(doubted), f"{100 * doubted / study.images('test'):.2f}"}
    if study.published is not None:
        known |= {str(PUBLISHED["seeds"][0]), *PUBLISHED["date"][0].split("-")}
    for look in study.looks:
        known |= {str(look.seeds), *look.taken[:10].split("-")}
    for macro, text in texts.items():
        if macro == "glossary":
            continue
        text = re.sub(r"L1|EVA6|\d× |SHA-256|CC BY-SA 3.0|seed-\d+|commit \w+", "", text)
        for label in study.labels.values():
            text = text.replace(label, "")
        found = re.findall(r"\d[\d,]*(?:\.\d+)?(?!\w)", text)
        strange = {number.rstrip(",") for number in found} - known
        assert not strange, (macro, strange, text)


@pytest.mark.parametrize("name", STUDIES)
def test_every_claim_is_named_before_it_is_judged_with_its_verdict(name):
    study, texts = made(name)
    says = {one["id"]: one["says"] for one in study.config["claims"]}
    for row in study.claims.itertuples():
        assert f"“{says[row.claim]}”" in texts["claims"]
        if study.judged:
            assert f"{says[row.claim]}: {row.verdict}" in texts["verdicts"]
    assert bool(texts["verdicts"]) == bool(texts["rules"]) == study.judged
    assert texts["verdicts"] in texts["meaning"]
    if study.judged:
        rules = texts["rules"]
        assert all(f"{verdict}: " in rules for verdict in (*DECIDED, Verdict.UNDECIDED))
        assert f"at most {100 * (1 - study.config['verdicts']['confidence']):g}" in rules


# A learner's dictionary has none of these.
JARGON = [
    *("activation", "augmentation", "Bonferroni", "channel", "checkpoint", "confidence"),
    *("convolution", "disputed", "dropout", "epoch", "gap", "interval", "L1", "log-softmax"),
    *("look", "margin", "McNemar", "momentum", "nats", "nearest neighbour", "overfit"),
    *("negative log-likelihood", "normally distributed"),
    *("padding", "paired", "points", "provenance", "p-value", "ReLU", "rival", "running"),
    *("seed", "SHA-256", "standard deviation", "stochastic gradient", "variant", "Wilson"),
]


@pytest.mark.parametrize("name", STUDIES)
def test_the_glossary_has_every_hard_word_that_occurs(name):
    study, texts = made(name)
    glossary = texts["glossary"]
    others = " ".join(text for macro, text in texts.items() if macro != "glossary")
    for word in JARGON:
        if re.search(rf"\b{re.escape(word)}", others):
            assert re.search(rf"\b{re.escape(word)}", glossary, re.I), word
    assert ("Bonferroni" in glossary) == (study.judged and len(study.comparisons) > 1)
    assert ("McNemar" in glossary) == (not study.single_run.empty)
    assert ("original" in glossary) == (study.reference is not None)


# --- The headline ----------------------------------------------------------------------------

LABELS = st.text(
    st.characters(codec="latin-1", exclude_categories=("C", "Z")), min_size=1, max_size=3
)


def headline(study):
    text = said("headline", study).replace("\u00a0", " ")
    assert len(text.split()) <= 15, text
    return text


def counts(text):
    return [int(number.replace(",", "")) for number in re.findall(r"\d[\d,]*\b", text)]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(9_000, 10_000), min_size=1, max_size=12),
    st.lists(LABELS, min_size=1, max_size=20),
)
def test_the_headline_of_one_run_per_model_is_true_and_short(images_right, label):
    label = " ".join(label)
    variants = {
        f"v{i}": {"label": f"{label} {i}", "norm": "none"} for i in range(len(images_right))
    }
    accuracies = {f"v{i}": [right / 100] for i, right in enumerate(images_right)}
    study = made_up_study(accuracies, epochs=1, variants=variants)
    text = headline(study)
    errors = sorted(10_000 - right for right in images_right)
    shown = re.search(r"([\d,]+ to )?([\d,]+) of 10,000 test images misclassified, one run", text)
    found = counts(shown[0].partition(" of ")[0])
    if len(errors) == 1:
        assert found == errors and "winner" not in text and said("meaning", study) == ""
        return
    assert text.endswith("one run each")
    assert "one run per model cannot rank" in said("meaning", study)
    best, rival = (wilson(10_000 - wrong, 10_000) for wrong in errors[:2])
    if best[0] > rival[1]:
        assert "leads" in text and found == errors[:1]
        assert "entirely above" in said("meaning", study)
    else:
        assert text.startswith("No winner: ") and "overlap" in said("meaning", study)
        assert found == ([errors[0], errors[-1]] if errors[0] < errors[-1] else errors[:1])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from((*DECIDED, Verdict.UNDECIDED)),
            st.lists(LABELS, min_size=1, max_size=18).map(" ".join),
        ),
        min_size=1,
        max_size=10,
    ),
    st.integers(2, 30),
)
def test_the_headline_of_verdicts_is_true_and_short(judged, seeds):
    claims = [claim("gn", id=f"c{i}", says=says) for i, (_, says) in enumerate(judged)]
    study = made_up_study({"gn": [99.5] * seeds, "ln": [99.4] * seeds}, epochs=1, claims=claims)
    verdicts = {f"c{i}": verdict for i, (verdict, _) in enumerate(judged)}
    table = study.claims.assign(verdict=study.claims["claim"].map(verdicts))
    text = headline(replace(study, claims=table))
    if len(judged) == 1:
        assert text.endswith(f": {judged[0][0]} ({seeds} seeds)")
        return
    count = Counter(verdict for verdict, _ in judged)
    names = {"no difference that matters": "No difference", "contradicted": "Contradicted"}
    names |= {"undecided": "Undecided"}
    small = count[Verdict.TOO_SMALL]
    expected = f"{len(judged)} claims, {seeds} seeds. Hold: {sum(count[v] for v in HOLDING)}"
    expected += f" ({small} negligibly)." if small else "."
    expected += "".join(f" {name}: {count[v]}." for v, name in names.items() if count[v])
    assert text == expected


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.lists(st.integers(9_850, 10_000), min_size=3, max_size=3), min_size=1, max_size=6)
)
def test_the_headline_of_means_is_true_and_short(images_right):
    accuracies = {f"v{i}": [right / 100 for right in own] for i, own in enumerate(images_right)}
    text = headline(made_up_study(accuracies, epochs=1))
    shown = [float(number) for number in re.findall(r"\d+\.\d\d", text)]
    means = [sum(own) / 300 for own in images_right]
    assert shown[0] == pytest.approx(min(means), abs=0.0051)
    assert shown[-1] == pytest.approx(max(means), abs=0.0051)
    assert ("no claim was tested" in text) == (len(means) > 1)


# --- Beside the original ---------------------------------------------------------------------


def test_one_run_per_model_is_followed_by_the_published_verdicts_in_the_default_study_only():
    study, _ = made("one seed")
    table = published(study)
    assert table.cells["Claim"].tolist() == PUBLISHED["claim"].tolist()
    about = made("one seed")[1]["meaning"]
    assert f"{PUBLISHED['seeds'][0]} seeds" in about and PUBLISHED["date"][0] in about
    for other in (
        made("many")[0],
        made("one variant")[0],
        made_up_study(drawn(1, **DEFAULT), training={"epochs": 2}),
        made_up_study(drawn(1, **DEFAULT, more=99.4)),
    ):
        assert published(replace(other, published=PUBLISHED)) is None


def test_the_order_of_the_models_is_set_beside_the_originals():
    study = made_up_study({"gn": [99.37], "ln": [99.50], "bn_l1": [99.40]})
    original, _, here = said("replication", study).partition("; here ")
    names = [CONFIG["variants"][name]["label"] for name in ("gn", "ln", "bn_l1")]
    assert original.endswith("in the original " + ", ".join(names))
    assert here == ", ".join([names[1], names[2], names[0]]) + "."


def test_departures_from_the_originals_recipe_are_listed():
    def of(question, **changes):
        study = made_up_study(drawn(1, **DEFAULT), **changes)
        return question(study.config, study.recipes)

    assert of(departures) == []
    assert of(same_course)
    variants = made_up_config()["variants"]
    small = variants | {"ln": variants["ln"] | {"batch_size": 4}}
    assert of(departures, variants=small) == ["batch size 4 instead of 64 (Layer Normalization)"]
    usual = variants | {"bn_l1": variants["bn_l1"] | {"l1_reduction": "sum"}}
    (phrase,) = of(departures, variants=usual)
    assert "another model under the name bn_l1" in phrase
    assert not of(same_course, training={"epochs": 2})
    dataset = {"name": "MNIST", "train_images": 2000, "test_images": 500}
    study = made_up_study({"gn": [60.0]}, training={"epochs": 2}, dataset=dataset, images=500)
    text = said("replication", study)
    assert "only the first 2,000 training images" in text and "epochs 2 instead of 20" in text
    assert "for orientation only" in text and "the first 500 test images" in said("compared", study)


def test_of_many_models_not_all_are_named():
    study = made_up_study({f"v{i}": [99.0] for i in range(12)} | {"best": [100.0]})
    assert said("compared", study).startswith("Models: 13 models.")
    assert said("meaning", study).startswith("The 95 % interval (Wilson) of Model best is entirely")


# --- How it was made -------------------------------------------------------------------------


def test_title_and_notes_follow_the_norms_in_use():
    study = made_up_study({"gn": [99.0], "ln": [99.0]})
    assert said("title", study) == "Group and Layer Normalization on MNIST"
    assert "Layer Normalization is Group" in said("notes", study)
    assert "Batch" not in said("notes", study)
    assert said("notes", made_up_study({"gn": [99.0]})) == ""
    bare = made_up_study({"a": [99.0]})
    assert said("title", bare) == "A network without normalization on MNIST"


def test_a_normalization_of_ones_own_is_described_by_its_docstring(monkeypatch):
    def by_neighbours(channels):
        """Each activation by its neighbours.

        And more."""
        return nn.Identity()

    monkeypatch.setitem(model.NORMS, "by_neighbours", by_neighbours)
    study = made_up_study({"gn": [99.0], "own": [99.0]})
    study.recipes["own"]["norm"] = "by_neighbours"
    assert said("title", study) == "Group and By neighbours Normalization on MNIST"
    study = replace(study, network=network_table(study.recipes))
    row = setup_tables.norm_table(study).cells.iloc[-1]
    assert list(row)[:2] == ["By neighbours", "Each activation by its neighbours"]


def test_models_of_different_size_are_told_apart():
    text = said("parameters", made_up_study({"gn": [99.0], "bare": [99.0]}))
    assert text == "Learned parameters: 8,880 (Group Normalization), 8,712 (Model bare)."


def test_the_constants_are_those_that_the_networks_were_trained_with():
    assert "(x − 0.2101)/0.3702" in made("own data")[1]["data"]


def test_only_what_the_kernels_trained_is_the_same_on_any_processor():
    study = made_up_study({"gn": [99.5], "ln": [99.5]})
    for run in study.provenance.runs:
        run.recipe["engine"] = "kernels"
    assert "exactly the same on any processor." in said("repeatability", study)
    study.provenance.runs[1].recipe["engine"] = "pytorch"
    assert "as with another seed: Layer Normalization." in said("repeatability", study)


def test_the_commit_is_named_with_its_changes():
    study = made_up_study({"gn": [99.4]})
    commit = {"commit": "1a2b3c4d5e", "modified": False}
    for sources, words in (
        (None, "the sources:"),
        (commit, "the sources at commit 1a2b3c4:"),
        (commit | {"modified": True}, "1a2b3c4 with changes that are not committed:"),
    ):
        provenance = replace(study.provenance, sources=sources)
        assert words in said("command", replace(study, provenance=provenance))
