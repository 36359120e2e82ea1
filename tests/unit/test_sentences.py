"""The sentences say what the tables say, whoever wins."""

import re
from collections import Counter
from dataclasses import replace

import pytest
from helpers.made_up import claim, made_up_config, made_up_study
from helpers.page import said
from hypothesis import given, settings
from hypothesis import strategies as st
from normstudy.example.outline import network_table
from normstudy.network import model
from normstudy.report.original import departures, same_course
from normstudy.report.tables import setup as setup_tables
from normstudy.report.text import accuracy as sentences
from normstudy.report.text import normalizations
from normstudy.report.text.wording import counted, fixed, listing, numbers, signed, spelled
from normstudy.statistics.mcnemar import wilson
from normstudy.statistics.verdicts.rule import DECIDED, HOLDING, Verdict
from torch import nn

VERDICTS = (*DECIDED, Verdict.UNDECIDED)


def meaning(study):
    return " ".join(filter(None, sentences.meaning(study)))


def quick(**dataset):
    return {"name": "MNIST", "train_images": 2000, "test_images": 500} | dataset


@pytest.mark.parametrize(
    ("items", "text"),
    [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c"), ([], "")],
)
def test_listing(items, text):
    assert listing(items) == text


def test_numbers():
    assert counted(1, "image") == "1 image"
    assert counted(10_000, "image") == "10,000 images"
    assert spelled(3) == "three"
    assert spelled(12) == "12"
    assert signed(0.126) == "+0.13"
    assert signed(-2) == "−2.00"
    assert signed(-0.001) == "±0.00"
    assert fixed(-0.001) == "0.00"
    assert fixed(-0.5) == "−0.50"


def test_one_run_per_model_has_no_winner():
    study = made_up_study({"gn": [99.37], "ln": [99.50], "bn_l1": [99.40]})
    assert sentences.headline(study) == "No winner: 50 to 63 errors in 10,000 images, one run each"
    assert "intervals (Wilson) of all three models overlap" in meaning(study)
    study = made_up_study({"gn": [99.5], "ln": [99.5]})
    assert sentences.headline(study) == "No winner: 50 errors in 10,000 images, one run each"
    assert "of both models overlap" in meaning(study)


def test_a_model_leads_if_its_interval_is_clear_of_the_others():
    study = made_up_study({"gn": [99.5], "ln": [99.4], "bn_l1": [98.0]})
    assert sentences.headline(study).startswith("No winner")
    text = meaning(study)
    assert "is entirely above that of Batch Normalization + L1" in text
    assert "overlaps that of Layer Normalization" in text
    study = made_up_study({"gn": [99.5], "bn_l1": [98.0]})
    assert sentences.headline(study) == (
        "Group Normalization leads with 50 errors in 10,000 images, one run each"
    )
    assert "overlaps" not in meaning(study)
    long = {
        "gn": {"label": " ".join(["so"] * 20), "norm": "group"},
        "ln": {"label": "Layer", "norm": "layer"},
    }
    study = made_up_study({"gn": [99.5], "ln": [98.0]}, variants=long)
    assert sentences.headline(study).startswith("One model leads with 50 errors")


@pytest.mark.parametrize("accuracies", [[99.5], [99.5, 99.4]])
def test_one_variant_is_not_compared(accuracies):
    study = made_up_study({"gn": accuracies})
    text = sentences.headline(study) + meaning(study)
    assert "Group Normalization: " in text
    for word in ("winner", "best", "overlap", "leads", "nan", "claim"):
        assert word not in text


def test_many_seeds_without_claims_rank_nothing():
    study = made_up_study({"gn": [99.6, 99.5], "ln": [99.4, 99.4], "bn_l1": [99.5, 99.5]})
    assert sentences.headline(study) == (
        "Mean test accuracy 99.40 to 99.55 % over two seeds; no claim was tested"
    )
    assert meaning(study) == ""


def words(text):
    return len(text.split())


LABELS = st.text(
    st.characters(codec="latin-1", exclude_categories=("C", "Z")), min_size=1, max_size=3
)


@settings(max_examples=60)
@given(
    st.lists(st.integers(9_000, 10_000), min_size=1, max_size=12),
    st.lists(LABELS, min_size=1, max_size=20),
)
def test_the_headline_of_one_run_per_model_is_true_and_short(images_right, label):
    variants = {
        f"v{i}": {"label": f"{' '.join(label)} {i}", "norm": "none"}
        for i in range(len(images_right))
    }
    study = made_up_study(
        {f"v{i}": [right / 100] for i, right in enumerate(images_right)},
        epochs=1,
        variants=variants,
    )
    text = sentences.headline(study)
    assert words(text) <= 15
    errors = sorted(10_000 - right for right in images_right)
    said = re.search(r"(?:([\d,]+) to )?([\d,]+) errors? in 10,000 images, one run", text)
    said = [int(number.replace(",", "")) for number in said.groups() if number]
    if len(errors) == 1:
        assert said == errors and "winner" not in text
        return
    assert text.endswith("one run each")
    best, rival = (wilson(10_000 - wrong, 10_000) for wrong in errors[:2])
    if best[0] > rival[1]:
        assert "leads" in text and said == errors[:1]
        assert "entirely above" in meaning(study) and "one run per model" in meaning(study)
    else:
        assert text.startswith("No winner: ")
        assert said == ([errors[0], errors[-1]] if errors[0] < errors[-1] else errors[:1])


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(VERDICTS), st.lists(LABELS, min_size=1, max_size=18).map(" ".join)
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
    text = sentences.headline(replace(study, claims=table))
    assert words(text) <= 15
    over, total = f" over {spelled(seeds)} seeds", len(judged)
    held = [says.rstrip(".") for verdict, says in judged if verdict in HOLDING]
    begin, _, tally = text.partition(over)
    if total == 1:
        assert begin.endswith(f": {judged[0][0]}")
        return
    some = f"{spelled(len(held))} of {spelled(total)} claims hold"
    assert begin in (
        f"None of {spelled(total)} claims holds",
        f"All {spelled(total)} claims hold",
        some[:1].upper() + some[1:] + "s" * (len(held) == 1),
        f"{held[0]}. Other claims" if len(held) == 1 else some,
    )
    assert begin.startswith("None") == (not held) or held
    assert begin.startswith("All") == (len(held) == total) or begin.startswith(held[0])
    counts = Counter(verdict for verdict, _ in judged)
    small = counts.pop("holds, but too small to matter", 0)
    counts.pop("holds", None)
    if "too small" in tally:
        assert f"; {spelled(small)} too small to matter" in tally
    if rest := re.sub(r"^; \w+ too small to matter", "", tally):
        assert sum(rest.count(f"{spelled(n)} ") for n in set(counts.values())) >= len(counts)
        assert all(
            re.search(f"{spelled(n)} (with )?{verdict}", rest) for verdict, n in counts.items()
        )


@settings(max_examples=30)
@given(
    st.lists(st.lists(st.integers(9_850, 10_000), min_size=3, max_size=3), min_size=1, max_size=6)
)
def test_the_headline_of_means_is_true_and_short(images_right):
    study = made_up_study(
        {f"v{i}": [right / 100 for right in own] for i, own in enumerate(images_right)}, epochs=1
    )
    text = sentences.headline(study)
    assert words(text) <= 15
    said = [float(number) for number in re.findall(r"\d+\.\d\d", text)]
    means = [sum(own) / 300 for own in images_right]
    assert said[0] == pytest.approx(min(means), abs=0.0051)
    assert said[-1] == pytest.approx(max(means), abs=0.0051)


def test_compared_counts_what_there_is():
    text = sentences.compared(made_up_study({"gn": [99.4]}, training={"epochs": 1}))
    assert text.startswith(
        "A small convolutional network (Group Normalization), trained for 1 epoch "
    )
    assert text.endswith("with one seed.")
    text = sentences.compared(
        made_up_study({"gn": [60.0, 61.0], "ln": [62.0, 60.0]}, images=500, dataset=quick())
    )
    assert text.startswith("Two small convolutional networks")
    assert "the first 500 test images" in text
    assert text.endswith("with two seeds each.")


def test_replication_gives_the_order():
    same = made_up_study({"gn": [99.50], "ln": [99.45], "bn_l1": [99.40]})
    assert "the same order as in the original" in sentences.replication(same)
    other = made_up_study({"gn": [99.37], "ln": [99.50], "bn_l1": [99.40]})
    assert sentences.replication(other).endswith(
        "here it is Layer Normalization, Batch Normalization + L1 and Group Normalization."
    )


def test_only_the_default_study_is_told_of_the_published_answer():
    default = {"gn": [99.50], "ln": [99.45], "bn_l1": [99.40]}
    assert "docs/claims.md" in said("published", made_up_study(default))
    assert said("published", made_up_study(default | {"more": [99.0]})) == ""
    assert said("published", made_up_study(default, training={"epochs": 2})) == ""
    assert said("published", made_up_study({v: a * 2 for v, a in default.items()})) == ""


def test_replication_says_when_the_recipe_differs():
    study = made_up_study({"gn": [60.0]}, training={"epochs": 2}, dataset=quick(), images=500)
    text = sentences.replication(study)
    assert "2 epochs instead of 20" in text
    assert "only the first 2,000 training images" in text
    assert "do not test it" in text


def test_no_word_of_the_original_where_there_is_none():
    study = made_up_study({"gn": [90.0], "ln": [91.0]}, reference=False)
    assert sentences.replication(study) == ""
    unknown = made_up_study({"a": [90.0], "b": [91.0]})
    assert sentences.replication(unknown) == ""
    for text in (said("limits", study), said("data", study)):
        assert "original" not in text
        assert "disputed" not in text


def test_departures():
    def of(question, **changes):
        study = made_up_study({"gn": [99.0], "ln": [99.0], "bn_l1": [99.0]}, **changes)
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


def test_of_many_models_not_all_are_named():
    study = made_up_study({f"v{i}": [99.0] for i in range(12)} | {"best": [100.0]})
    assert "13 small convolutional networks, trained" in sentences.compared(study)
    assert meaning(study).startswith("The 95 % interval (Wilson) of Model best is entirely above")
    assert "those of 12 models" in meaning(study)


def test_title_and_notes_follow_the_norms_in_use():
    study = made_up_study({"gn": [99.0], "ln": [99.0]})
    assert normalizations.title(study) == "Group and Layer Normalization on MNIST"
    assert "Layer Normalization is Group" in said("notes", study)
    assert "Batch" not in said("notes", study)
    assert said("notes", made_up_study({"gn": [99.0]})) == ""
    assert (
        normalizations.title(made_up_study({"a": [99.0]}))
        == "A network without normalization on MNIST"
    )


def test_a_normalization_of_ones_own_is_described_by_its_docstring(monkeypatch):
    def by_neighbours(channels):
        """Each activation by its neighbours.

        And more."""
        return nn.Identity()

    monkeypatch.setitem(model.NORMS, "by_neighbours", by_neighbours)
    study = made_up_study({"gn": [99.0], "own": [99.0]})
    study.recipes["own"]["norm"] = "by_neighbours"
    assert normalizations.title(study) == "Group and By neighbours Normalization on MNIST"
    study = replace(study, network=network_table(study.recipes))
    row = setup_tables.norm_table(study).cells.iloc[-1]
    assert list(row)[:2] == ["By neighbours", "Each activation by its neighbours"]


def test_the_constants_are_those_that_the_networks_were_trained_with():
    dataset = {"name": "mine", "source": "x", "classes": ["a", "b"]}
    study = made_up_study({"gn": [99.0]}, dataset=dataset, reference=False)
    study.recipes["gn"].update(mean=0.21, std=0.37)  # computed of the images by the training job
    assert "(x − 0.21)/0.37" in said("data", study)


def test_only_what_the_kernels_trained_is_the_same_on_any_processor():
    study = made_up_study({"gn": [99.5], "ln": [99.5]})
    for run in study.provenance.runs:
        run.recipe["engine"] = "kernels"
    assert "exactly the same on any processor." in said("repeatability", study)
    study.provenance.runs[1].recipe["engine"] = "pytorch"
    assert "as between two seeds: Layer Normalization." in said("repeatability", study)


@pytest.mark.parametrize("seeds", [1, 2, 10])
def test_no_sentence_has_a_number_that_is_none(seeds):
    study = made_up_study({"gn": [99.5] * seeds, "ln": [99.5] * seeds, "other": [99.1] * seeds})
    texts = [
        sentences.headline(study),
        sentences.compared(study),
        said("repeatability", study),
        said("data", study),
        said("limits", study),
        said("glossary", study),
    ]
    assert all(text and "nan" not in text.lower().split() for text in texts)


@pytest.mark.parametrize(
    ("seeds", "text"),
    [
        ([1], "1"),
        ([1, 2], "1 and 2"),
        ([10, 2, 1, 3], "1–3 and 10"),
        ([5, 7, 8, 20, 21, 22], "5, 7, 8 and 20–22"),
        (range(1, 1001), "1–1000"),
    ],
)
def test_many_seeds_are_named_in_few_words(seeds, text):
    assert numbers(seeds) == text


@pytest.mark.parametrize(
    ("sources", "words"),
    [
        (None, "the sources, this command"),
        ({"commit": "1a2b3c4d5e", "modified": False}, "the sources at commit 1a2b3c4, this"),
        (
            {"commit": "1a2b3c4d5e", "modified": True},
            "1a2b3c4 with changes that are not committed,",
        ),
    ],
)
def test_the_commit_is_named_with_its_changes(sources, words):
    study = made_up_study({"gn": [99.4]})
    study = replace(study, provenance=replace(study.provenance, sources=sources))
    assert words in said("command", study)
