"""A model card follows the tables."""

import yaml
from helpers.made_up import made_up_study
from helpers.places import ROOT
from normstudy.exports.model_card import model_card
from normstudy.statistics.mcnemar import wilson

TEMPLATE = ROOT / "workflow" / "resources" / "model_card.md.j2"


def card(study, variant="gn"):
    return model_card(variant, study.summary, study.evaluation, study.provenance, TEMPLATE)


def test_accuracy_with_its_interval_over_seeds():
    study = made_up_study({"gn": [99.4, 99.5, 99.6], "ln": [99.3, 99.3, 99.3]})
    row = study.summary.set_index(["variant", "metric"]).loc[("gn", "test_accuracy")]
    text = card(study)
    assert f"| 99.50 | {row['ci_low']:.2f} … {row['ci_high']:.2f} | 3 |" in text
    assert "One run does not say" not in text
    assert all(f"{seed:064x}" in text for seed in (1, 2, 3))


def test_one_run_has_the_interval_of_its_images():
    text = card(made_up_study({"gn": [99.4]}))
    low, high = wilson(9940, 10_000)
    assert "misclassifies 60 of 10,000 test images" in text
    assert f"{low:.2f} … {high:.2f} %" in text
    assert "One run does not say" in text


def test_what_differs_between_variants_is_said():
    study = made_up_study({"gn": [99.4], "bn_l1": [99.4], "plain": [99.0]})
    group, batch, plain = (card(study, variant) for variant in ("gn", "bn_l1", "plain"))
    assert "`group`, 4 channels per group" in group and "no L1 penalty" in group
    assert "`batch`." in batch and "L1 penalty 0.0001 × mean of |w|" in batch
    assert "Nothing is normalized." in plain and "8,712 learned" in plain
    assert "8,880 learned" in group and "Yann LeCun" in group


def test_its_front_matter_is_what_a_model_hub_reads():
    study = made_up_study({"gn": [99.4, 99.6]})
    front = yaml.safe_load(card(study).split("---\n")[1])
    assert front["pipeline_tag"] == "image-classification" and front["license"] == "mit"
    assert front["datasets"] == ["ylecun/mnist"] and "group" in front["tags"]
    (model,) = front["model-index"]
    (result,) = model["results"]
    assert model["name"] == study.provenance.config["variants"]["gn"]["label"]
    assert result["dataset"] == {"name": "MNIST", "type": "ylecun/mnist", "split": "test"}
    assert result["metrics"][0]["type"] == "accuracy" and result["metrics"][0]["value"] == 99.5
