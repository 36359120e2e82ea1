"""The sentences say what the tables say, whoever wins."""

import re

import pytest
from helpers.made_up import made_up_config, made_up_study
from hypothesis import given, settings
from hypothesis import strategies as st
from normstudy.network import model
from normstudy.report.original import departures, same_course
from normstudy.report.tables import setup as setup_tables
from normstudy.report.text import accuracy as sentences
from normstudy.report.text import context
from normstudy.report.text.wording import counted, fixed, listing, numbers, signed, spelled
from normstudy.statistics.mcnemar import wilson

CLAIM = {
    "id": "x",
    "says": "It is so",
    "metric": "test_accuracy",
    "variant": "gn",
    "against": "all",
}


def answer(study):
    return " ".join(filter(None, sentences.answer(study)))


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


def test_answer_names_the_winner_first_with_its_errors():
    text = answer(made_up_study({"gn": [99.37], "ln": [99.50], "bn_l1": [99.40]}))
    assert text.startswith("Layer Normalization errs on 50 of the 10,000 test images (99.50 %")
    assert "Batch Normalization + L1 on 60 (99.40 % correct)" in text
    assert "Group Normalization on 63" in text
    assert "cannot rank the methods" in text
    assert "of all three overlap" in text
    assert "99.34–99.62 %" in text  # Wilson's interval of 9,950 of 10,000


def test_answer_with_intervals_apart():
    text = answer(made_up_study({"gn": [99.5], "ln": [99.4], "bn_l1": [98.0]}))
    assert "lies wholly above that of Batch Normalization + L1" in text
    assert "overlaps with that of Layer Normalization" in text
    assert "with one seed" in text


def test_answer_when_level():
    text = answer(made_up_study({"gn": [99.5], "ln": [99.5]}))
    assert "cannot rank the methods" in text
    assert "of both overlap" in text


@pytest.mark.parametrize("accuracies", [[99.5], [99.5, 99.4]])
def test_one_variant_is_not_compared(accuracies):
    text = answer(made_up_study({"gn": accuracies}))
    assert "Group Normalization" in text
    for word in ("best", "overlap", "leads", "nan"):
        assert word not in text


def test_answer_over_seeds_gives_means_and_no_interval_of_its_own():
    spread = [0.00, 0.02, -0.02, 0.01, -0.01, 0.03, -0.03, 0.0, 0.01, -0.01]
    study = made_up_study(
        {
            "gn": [99.40 + s for s in spread],
            "ln": [99.45 + s for s in reversed(spread)],
            "bn_l1": [99.00 + s for s in spread],
        }
    )
    text = answer(study)
    assert text.startswith("Over ten seeds")
    assert "is: Layer Normalization 99.45 ± 0.02 %, Group Normalization 99.40 ± 0.02 %" in text
    assert not re.search("interval|lead|above|best", text)


def test_of_two_seeds_both_values_are_said_and_no_spread():
    text = answer(made_up_study({"gn": [99.5, 99.4], "ln": [99.3, 99.7]}))
    assert text == (
        "With two seeds the test accuracies, of 10,000 images, are: Layer Normalization 99.30 and"
        " 99.70 % and Group Normalization 99.50 and 99.40 %."
    )


def test_the_verdicts_come_first_with_seeds_and_last_with_one():
    for seeds in (1, 3, 8):
        values = {"gn": [99.6 + 0.01 * s for s in range(seeds)], "ln": [99.4] * seeds}
        first, second = sentences.answer(made_up_study(values, claims=[CLAIM]))
        judged, means = (second, first) if seeds == 1 else (first, second)
        assert "claim" in judged and "claim" not in means
        assert ("the claim “It is so” holds" in judged) == (seeds > 1)
        assert ("One run of each" in means) == (seeds == 1)


@settings(max_examples=25)
@given(
    st.dictionaries(
        st.sampled_from(["gn", "ln", "bn_l1", "a", "b"]),
        st.lists(st.integers(9_850, 10_000), min_size=3, max_size=3),
        min_size=2,
    )
)
def test_whatever_the_tables_say_the_sentences_say(images_right):
    values = {name: [right / 100 for right in seeds] for name, seeds in images_right.items()}
    study = made_up_study(values, epochs=1)
    means = {study.labels[name]: sum(seeds) / 3 for name, seeds in values.items()}
    text = answer(study)
    listed = re.findall(r"(?:^|, | and )([^,]+?) (\d+\.\d\d) ±", text.partition("is: ")[2])
    assert {label: f"{mean:.2f}" for label, mean in means.items()} == dict(listed)
    assert [means[label] for label, _ in listed] == sorted(means.values(), reverse=True)


@settings(max_examples=25)
@given(st.lists(st.integers(9_800, 10_000), min_size=2, max_size=5))
def test_with_one_run_the_sentences_rank_by_errors_and_claim_no_more(images_right):
    study = made_up_study(
        {f"v{i}": [right / 100] for i, right in enumerate(images_right)}, epochs=1
    )
    text = answer(study)
    errors = [int(n.replace(",", "")) for n in re.findall(r"\bon (\d[\d,]*) ", text)]
    assert errors == sorted(10_000 - right for right in images_right)
    lowest = wilson(max(images_right), 10_000)[0]
    overlap = all(wilson(right, 10_000)[1] >= lowest for right in images_right)
    assert ("cannot rank" in text) == overlap
    if not overlap:
        assert "lies wholly above" in text and "with one seed" in text


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
    assert "the order of the models is the same" in sentences.replication(same)
    other = made_up_study({"gn": [99.37], "ln": [99.50], "bn_l1": [99.40]})
    text = sentences.replication(other)
    assert "−0.17 to +0.02 points" in text
    assert text.endswith(
        "here it is Layer Normalization, Batch Normalization + L1 and Group Normalization."
    )


def test_replication_says_when_the_recipe_differs():
    study = made_up_study({"gn": [60.0]}, training={"epochs": 2}, dataset=quick(), images=500)
    text = sentences.replication(study)
    assert "2 epochs instead of 20" in text
    assert "only the first 2,000 training images" in text
    assert "do not test it" in text


def test_no_word_of_a_replicated_study_where_there_is_none():
    study = made_up_study({"gn": [90.0], "ln": [91.0]}, reference=False)
    assert sentences.replication(study) == ""
    unknown = made_up_study({"a": [90.0], "b": [91.0]})
    assert sentences.replication(unknown) == ""
    for text in [*context.limits(study), context.data(study)]:
        assert "replicated" not in text
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


@pytest.mark.parametrize("seeds", [1, 2])
def test_of_many_models_not_all_are_named(seeds):
    study = made_up_study({f"v{i}": [99.0 + i / 100] * seeds for i in range(12)})
    text = sentences.compared(study) + answer(study)
    assert "12 small convolutional networks, trained" in text
    assert "Model v11" in text
    assert "eight more between and Model v0" in text
    assert "Model v5" not in text


def test_title_and_notes_follow_the_norms_in_use():
    study = made_up_study({"gn": [99.0], "ln": [99.0]})
    assert context.title(study) == "Group and Layer Normalization on MNIST"
    assert len(context.normalization_notes(study)) == 1
    assert context.title(made_up_study({"a": [99.0]})) == "A network without normalization on MNIST"


def test_a_normalization_of_ones_own_is_described_by_its_docstring(monkeypatch):
    def by_neighbours(channels):
        """Each activation by its neighbours.

        And more."""

    monkeypatch.setitem(model.NORMS, "by_neighbours", by_neighbours)
    study = made_up_study({"gn": [99.0], "own": [99.0]})
    study.recipe("own")["norm"] = "by_neighbours"
    assert context.title(study) == "Group and By neighbours Normalization on MNIST"
    row = setup_tables.norm_table(study).cells.iloc[-1]
    assert list(row)[:2] == ["By neighbours", "Each activation by its neighbours"]


def test_the_constants_are_those_that_the_networks_were_trained_with():
    dataset = {"name": "mine", "source": "x", "classes": ["a", "b"]}
    study = made_up_study({"gn": [99.0]}, dataset=dataset, reference=False)
    study.recipe("gn").update(mean=0.21, std=0.37)  # computed of the images by the training job
    assert "(x − 0.21)/0.37" in context.transforms(study)


@pytest.mark.parametrize("seeds", [1, 2, 10])
def test_no_sentence_has_a_number_that_is_none(seeds):
    study = made_up_study({"gn": [99.5] * seeds, "ln": [99.5] * seeds, "other": [99.1] * seeds})
    texts = [
        answer(study),
        sentences.compared(study),
        sentences.replication(study),
        context.repeatability(study),
        context.transforms(study),
        *context.limits(study),
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
