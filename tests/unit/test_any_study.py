"""The whole report of made-up studies of any shape: no empty section, no figure without words."""

import json
import re

import numpy as np
import pytest
from helpers.made_up import claim, made_up_config, made_up_study, write_study
from helpers.page import execute_report
from helpers.places import TEMPLATE
from normstudy.report.notebook import figures, render
from normstudy.report.page import KEPT, PAGE

IMAGES = 200  # of the sample's test images
CONTENT = re.compile(r"<(p|ul|dl|blockquote|pre|table|figure)\b")


def rendered(executed, study):
    """The page made of the executed notebook."""
    return render(executed, TEMPLATE, [study.folder / "tables" / name for name in KEPT])


def assert_sound(page, study):
    """Check that no section is empty and that the words fit the study."""
    article = page.partition("<main")[2].partition("</main>")[0]
    article = re.sub(r'<details class="code".*?</details>', "", article, flags=re.DOTALL)
    _, *sections = re.split(r"<h[23][^>]*>", article)
    assert len(sections) >= 9
    for section in sections:
        heading, _, content = section.partition("</h")
        assert CONTENT.search(content) or "<h3" in content, heading
    words = re.sub(r"<[^>]*>", " ", re.sub(r"base64,[^\"]*", "", article))
    assert not re.search(r"\b(nan|None(?! of)|inf|NaT)\b", words)
    assert ('<h2 id="claims">' in article) == bool(study.config["claims"])
    assert ("original" in words) == (study.reference is not None)
    assert ("seeds" in article.partition("<h2")[0]) == (len(study.seeds) > 1)
    if len(study.labels) == 1:
        assert not re.search(r"\b(rivals?|best|rank|leads?|misclassified by)\b", words)
    example = article.index("A worked example<a")
    assert 'id="how-the-normalizations-work"' in article[:example].rpartition("<h2")[2]
    assert "at the commit" not in words  # which these studies do not know


@pytest.mark.parametrize(
    ("accuracies", "options"),
    [
        ({"bare": [100.0]}, {"reference": False, "epochs": 1}),  # no error, no normalization
        ({"gn": [97.5, 98.0, 98.5], "ln": [97.0] * 3}, {"claims": [claim("gn")], "epochs": 2}),
        ({f"v{i}": [97.0 + i / 2, 98.0] for i in range(3)}, {"reference": False, "epochs": 2}),
    ],
    ids=["one", "seeds", "unclaimed"],
)
def test_no_section_is_empty_and_no_sentence_false(tmp_path, accuracies, options):
    study = made_up_study(accuracies, images=IMAGES, folder=tmp_path / "results", **options)
    write_study(study)
    assert_sound(rendered(execute_report(study), study), study)


def test_twelve_models_of_eight_seeds_fit_into_five_megabytes(tmp_path):
    draws = np.random.default_rng(1)
    models = ["gn", "ln", "bn_l1", *(f"v{number}" for number in range(9))]
    accuracies = {model: (85 + draws.integers(0, 8, 8) / 2).tolist() for model in models}
    study = made_up_study(
        accuracies,
        images=IMAGES,
        folder=tmp_path / "results",
        reference=False,
        claims=made_up_config()["claims"],
    )
    write_study(study)
    executed = execute_report(study)
    for name in ("test_loss", "test_accuracy", "train_loss", "train_accuracy"):
        drawing = figures(executed)[name].data[PAGE]  # a panel each, with a band
        assert drawing.count("<title>Model v3, epoch") == 20
        assert drawing.count('data-series="Model v3"') == 2
    alt = figures(executed)["test_accuracy"].metadata[PAGE]["alt"]
    assert alt.startswith("Test accuracy: mean and range of the seeds. ")
    page = rendered(executed, study)
    assert_sound(page, study)
    found = re.search(r'id="explorer-data"[^>]*>(.*?)</script>', page)
    assert len(json.loads(found[1])["images"]) > 190  # as many as of MNIST's 10,000
    assert page.count("<figure") >= 2 + 2 + 12 + 1 + 2 + 1
    assert len(page.encode()) < 5_000_000
