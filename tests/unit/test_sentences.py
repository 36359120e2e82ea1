"""The sentences say what the tables say, whoever wins."""

import pytest
from made_up import made_up_config, made_up_study
from normstudy import model
from normstudy.data import pixel_constants
from normstudy.report import context, sentences, setup_tables
from normstudy.report.replicated import departures, same_course
from normstudy.report.wording import counted, fixed, listing, signed, spelled

CLAIM = {"id": "x", "says": "…", "metric": "test_accuracy", "variant": "gn", "against": "all"}


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
    text = sentences.answer(made_up_study({"gn": [99.37], "ln": [99.50], "bn_l1": [99.40]}))
    assert text.startswith("Layer Normalization errs on 50 of the 10,000 test images (99.50 %")
    assert "Batch Normalization + L1 on 60 (99.40 % correct)" in text
    assert "Group Normalization on 63" in text
    assert "13 images apart" in text
    assert "of all three overlap" in text
    assert "99.34–99.62 %" in text  # Wilson's interval of 9,950 of 10,000


def test_answer_with_intervals_apart():
    text = sentences.answer(made_up_study({"gn": [99.5], "ln": [99.4], "bn_l1": [98.0]}))
    assert "lies wholly above that of Batch Normalization + L1" in text
    assert "overlaps with that of Layer Normalization" in text
    assert "with one seed" in text


def test_answer_when_level():
    text = sentences.answer(made_up_study({"gn": [99.5], "ln": [99.5]}))
    assert "best and worst are level" in text
    assert "of both overlap" in text


@pytest.mark.parametrize("accuracies", [[99.5], [99.5, 99.4]])
def test_one_variant_is_not_compared(accuracies):
    text = sentences.answer(made_up_study({"gn": accuracies}))
    assert "Group Normalization" in text
    for word in ("best", "overlap", "leads", "nan"):
        assert word not in text


def test_answer_over_seeds_tells_apart_what_is_apart():
    spread = [0.00, 0.02, -0.02, 0.01, -0.01, 0.03, -0.03, 0.0, 0.01, -0.01]
    study = made_up_study(
        {
            "gn": [99.40 + s for s in spread],
            "ln": [99.45 + s for s in reversed(spread)],
            "bn_l1": [99.00 + s for s in spread],
        }
    )
    text = sentences.answer(study)
    assert text.startswith("Over ten seeds")
    assert "Layer Normalization 99.45 ± 0.02 %" in text
    assert "leads Group Normalization by 0.05 points (95 % interval +" in text
    assert "Batch Normalization + L1 by 0.45 points" in text
    assert "ahead in 10 of 10 seeds" in text
    assert "excludes 0" in text
    assert "includes 0" not in text


def test_answer_over_seeds_that_differ_in_nothing():
    text = sentences.answer(made_up_study({"gn": [99.5, 99.4, 99.3], "ln": [99.3, 99.4, 99.5]}))
    assert "leads Layer Normalization by 0.00 points" in text
    assert "includes 0: no difference is shown" in text
    assert "excludes" not in text


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
    assert departures(made_up_config()) == []
    assert same_course(made_up_config())
    variants = made_up_config()["variants"]
    small = variants | {"ln": variants["ln"] | {"batch_size": 4}}
    assert departures(made_up_config(variants=small)) == [
        "batch size 4 instead of 64 (Layer Normalization)"
    ]
    usual = variants | {"bn_l1": variants["bn_l1"] | {"l1_reduction": "sum"}}
    (phrase,) = departures(made_up_config(variants=usual))
    assert "another model under the name bn_l1" in phrase
    assert not same_course(made_up_config(training={"epochs": 2}))


@pytest.mark.parametrize("seeds", [1, 2])
def test_of_many_models_not_all_are_named(seeds):
    study = made_up_study({f"v{i}": [99.0 + i / 100] * seeds for i in range(12)})
    text = sentences.compared(study) + sentences.answer(study)
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
    study.config["variants"]["own"]["norm"] = "by_neighbours"
    assert context.title(study) == "Group and By neighbours Normalization on MNIST"
    row = setup_tables.norm_table(study).cells.iloc[-1]
    assert list(row)[:2] == ["By neighbours", "Each activation by its neighbours"]


def test_constants_that_are_not_known_are_computed_of_the_images(sample):
    dataset = {"name": "mine", "source": "x", "classes": ["a", "b"]}
    study = made_up_study({"gn": [99.0]}, dataset=dataset, reference=False)
    known = pixel_constants(sample[0])
    assert f"(x − {known['mean']:g})/{known['std']:g}" in context.transforms(study, sample[0])


@pytest.mark.parametrize("seeds", [1, 2, 10])
def test_no_sentence_has_a_number_that_is_none(seeds, sample):
    train, _ = sample
    study = made_up_study({"gn": [99.5] * seeds, "ln": [99.5] * seeds, "other": [99.1] * seeds})
    texts = [
        sentences.answer(study),
        sentences.compared(study),
        sentences.replication(study),
        context.repeatability(study),
        context.transforms(study, train),
        *context.limits(study),
    ]
    assert all(text and "nan" not in text.lower().split() for text in texts)
