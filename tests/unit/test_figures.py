"""Figures of the package: axes named, the numbers in words, the user's strings as they are."""

import xml.etree.ElementTree as ET
from itertools import combinations

import matplotlib
import numpy as np
import pandas as pd
import pytest
from helpers.made_up import claim, made_up_study
from helpers.made_up import graded_study as study
from matplotlib.text import Text
from normstudy.data.idx import Split
from normstudy.evaluation.matrix import misclassified_matrix
from normstudy.evaluation.pictures import png, style
from normstudy.example.augmented import DRAWS, augmented
from normstudy.report.display import save_slide
from normstudy.report.figures.images import augmented_strip
from normstudy.report.figures.network import network_drawing
from normstudy.report.figures.plot import series_styles
from normstudy.report.figures.runs import final_accuracy
from normstudy.report.figures.verdicts import forests
from PIL import Image

ERROR = {"index": 0, "label": 1, "prediction": 2, "confidence": 0.5, "disputed": True}
TRAINING = {"rotation_degrees": 7, "brightness": 0.4, "contrast": 0.4}


def texts(figure) -> str:
    return "\n".join(text.get_text() for text in figure.findobj(Text))


def strip(train):
    made = augmented(train, 10, TRAINING, 1)
    return augmented_strip(np.array(made[0]), made[1], tuple("0123456789"), "digit", TRAINING)


def assert_no_words_lie_over_others(figure):
    with style():
        figure.draw_without_rendering()
        words = [t for t in figure.findobj(Text) if t.get_visible() and t.get_text().strip()]
        boxes = [(t.get_text(), Text.get_window_extent(t).padded(-1)) for t in words]
    for (one, a), (other, b) in combinations(boxes, 2):
        assert not a.overlaps(b), (one, other)


def test_final_accuracies_have_a_named_axis_and_are_told():
    plot = final_accuracy(study())
    assert "% of 10,000 images" in plot.figure.axes[0].get_xlabel()
    assert "Group Normalization 99.10 % (interval 98.9" in plot.alt
    assert "the original 99.54 %" in plot.alt


@pytest.mark.parametrize(("seeds", "count"), [(1, 1), (20, 12), (2, 9), (5, 3)])
def test_any_number_of_seeds_and_variants(seeds, count):
    made = study(seeds, [f"v{i}" for i in range(count)])
    plot = final_accuracy(made)
    assert plot.svg().startswith("<svg") and "nan" not in plot.alt
    means = made.of_metric("test_accuracy")["mean"]
    assert all(f"{mean:.2f}" in texts(plot.figure) for mean in means)
    assert_no_words_lie_over_others(plot.figure)
    with style():
        drawn = plot.figure.get_tightbbox()
    assert drawn.x1 <= plot.figure.get_size_inches()[0] + 0.03


def test_runs_of_one_seed_are_joined_in_the_dot_plot():
    made = study(seeds=3)
    plot = final_accuracy(made)
    table = made.tests().pivot(index="seed", columns="variant", values="accuracy")
    drawn = [line.get_xdata().tolist() for line in plot.figure.axes[0].lines]
    assert all(row in drawn for row in table[list(made.labels)].to_numpy().tolist())


def test_a_run_that_failed_does_not_flatten_the_others():
    runs = {"gn": [99.5, 11.35], "ln": [99.4, 99.3]}
    axes = final_accuracy(made_up_study(runs)).figure.axes[0]
    low, high = axes.get_xlim()
    assert 98 < low < 99.3 and 99.5 < high <= 100
    assert [text.get_text() for text in axes.texts] == ["← 11.35"]
    low, high = (
        final_accuracy(made_up_study({"gn": [58.2], "ln": [63.6]})).figure.axes[0].get_xlim()
    )
    assert low < 58.2 and high > 63.6


def test_looks_are_stable_and_distinct():
    twelve = series_styles([f"v{i}" for i in range(12)])
    assert len(set(twelve.values())) == 12
    assert series_styles(["v0", "v1"])["v1"] == twelve["v1"]


def test_a_users_matplotlibrc_changes_nothing():
    made, errors = study(), pd.DataFrame(index=[0]).assign(**ERROR)
    images = np.zeros((1, 28, 28), np.uint8)

    def drawn():
        plot = final_accuracy(made)
        matrix = misclassified_matrix(images, errors, "0123456789", "costs $x^{$", 5)
        return png(plot.figure), plot.svg(), png(matrix)

    theirs = {"text.usetex": True, "font.size": 30, "font.family": "serif", "savefig.dpi": 7}
    with matplotlib.rc_context(theirs | {"svg.fonttype": "none", "axes.facecolor": "red"}):
        changed = drawn()
    assert changed == drawn()


@pytest.mark.parametrize("seeds", [1, 6])
def test_claims_of_any_length_are_whole_and_no_words_lie_over_others(seeds):
    says = "Group Normalization is better, at costs of $x^{$, than each other model in every way"
    claims = [claim("gn", id=f"c{n}", says=" and ".join([says] * n)) for n in (1, 3)]
    made = study(seeds, claims=claims)
    (plot,) = forests(made.differences, made.comparisons, made.config)
    assert_no_words_lie_over_others(plot.figure)
    with style():
        drawn = plot.figure.get_tightbbox()
    width, height = plot.figure.get_size_inches()
    assert drawn.x0 > -0.03 and drawn.x1 < width + 0.03 and drawn.y1 < height + 0.03


def test_the_network_is_drawn_with_a_square_per_channel():
    plot = network_drawing(study())
    (axes,) = plot.figure.axes
    assert [len(drawn.get_paths()) for drawn in axes.collections] == [
        1, 8, 16, 8, 12, 16, 16, 16, 10,
    ]  # fmt: skip
    assert "block1 16×24×24" in plot.alt and "output 10" in plot.alt
    assert_no_words_lie_over_others(plot.figure)


def test_a_slide_is_of_16_to_9_transparent_and_whole(tmp_path):
    figure = final_accuracy(study(3)).figure
    size = tuple(figure.get_size_inches())
    save_slide(figure, tmp_path / "slides", "final", "what it shows")
    assert tuple(figure.get_size_inches()) == size
    picture = Image.open(tmp_path / "slides" / "final.png")
    assert picture.size == (1920, 1080)
    assert picture.getpixel((5, 5))[3] == 0 and picture.getextrema()[3][1] == 255
    ink = picture.getchannel("A").getbbox()
    assert ink[0] > 0 and ink[1] > 0 and ink[2] < 1920 and ink[3] < 1080
    drawing = ET.parse(tmp_path / "slides" / "final.svg").getroot()
    assert drawing.get("aria-label") == "what it shows"
    assert int(drawing.get("width")) / int(drawing.get("height")) == pytest.approx(16 / 9, 0.01)


def test_strip_shows_an_original_of_each_class_and_its_draws():
    images = np.zeros((12, 28, 28), np.uint8)
    images[:, 10:18, 10:18] = 200
    plot = strip(Split(images, np.array([3, 1, 3] * 4)))
    assert "(1 and 3)" in plot.alt
    assert "±7°" in plot.alt
    assert "0.6 to 1.4" in plot.alt
    (axes,) = plot.figure.axes
    sheet = axes.images[0].get_array()
    assert [label.get_text() for label in axes.get_xticklabels()] == ["1", "3"]
    rows = len(axes.get_yticklabels())
    assert rows == 1 + DRAWS and sheet.shape == (30 * rows - 2, 30 * 2 - 2)
    assert (sheet[:28, :28] == images[1]).all() and (sheet[:28, 30:] == images[0]).all()
    assert (sheet[30:58, :28] != images[1]).any()
