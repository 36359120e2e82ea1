"""Figures: axes named, legend complete, the numbers in words, the user's strings as they are."""

import io
import re
import xml.etree.ElementTree as ET
from importlib import import_module
from itertools import combinations

import numpy as np
import pytest
from helpers.made_up import REFERENCE, made_up_study
from helpers.made_up import graded_study as study
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text
from normstudy.data.idx import Split
from normstudy.example.augmented import DRAWS, augmented
from normstudy.report.figures import curves, final_accuracy
from normstudy.report.figures.images import augmented_strip
from normstudy.report.figures.plot import (
    COLOURS,
    NARROW,
    epoch_axis,
    ink,
    looks,
    rendered,
    spread_out,
    style,
)

TRAINING = {"rotation_degrees": 7, "brightness": 0.4, "contrast": 0.4}


def texts(figure) -> str:
    return "\n".join(text.get_text() for text in figure.findobj(Text))


def legend(figure) -> list[str]:
    return [text.get_text() for text in figure.legends[0].get_texts()]


def every_plot(study, reference=None):
    images = np.zeros((20, 28, 28), np.uint8)
    train = Split(images, np.arange(20) % 10)
    return [
        curves.loss(study.curves, study.labels, reference),
        curves.accuracy(study.curves, study.labels, reference),
        *(curves.variant_curves(study.curves, study.labels, v) for v in list(study.labels)[:2]),
        final_accuracy.final_accuracy(study),
        strip(train),
    ]


def strip(train):
    made = augmented(train, 10, TRAINING, 1)
    return augmented_strip(made, tuple("0123456789"), "digit", TRAINING)


def assert_no_words_lie_over_others(figure):
    with style():
        figure.draw_without_rendering()
        words = [t for t in figure.findobj(Text) if t.get_visible() and t.get_text().strip()]
        boxes = [(t.get_text(), Text.get_window_extent(t).padded(-1)) for t in words]
    for (one, a), (other, b) in combinations(boxes, 2):
        assert not a.overlaps(b), (one, other)


def test_every_axis_is_named_with_its_unit():
    for plot in every_plot(study())[:-1]:
        for figure in (plot.figure, plot.narrow):
            for place, axes in enumerate(figure.axes):
                if plot.name == "final_accuracy":
                    assert "% of 10,000 images" in axes.get_xlabel()
                else:  # a panel without a name stands right of one that has it
                    named = axes if axes.get_ylabel() else figure.axes[place - 1]
                    assert named.get_position().y0 == axes.get_position().y0
                    assert re.search(r"nats per image|, %", named.get_ylabel()), plot.name
            assert "epoch" in texts(figure) or plot.name == "final_accuracy"


@pytest.mark.parametrize("draw", [curves.loss, curves.accuracy])
def test_each_line_is_named_at_its_end_or_in_a_legend(draw):
    labels = study().labels
    plot = draw(study().curves, labels)
    beside = [" ".join(text.get_text().split()) for text in plot.figure.findobj(Text)]
    assert all(beside.count(label) == 2 for label in labels.values())  # test and train
    assert legend(plot.narrow) == list(labels.values())


@pytest.mark.parametrize("draw", [curves.loss, curves.accuracy])
@pytest.mark.parametrize("count", [1, 3, 7, 12])
@pytest.mark.parametrize("epochs", [1, 3, 20])
def test_no_words_lie_over_others_and_the_last_values_are_written(draw, count, epochs):
    """Where all models end at nearly the same value, the worst case."""
    labels = {f"v{i}": f"Group Normalization, {i} groups" for i in range(count)}
    made = made_up_study({name: [99.4 + 0.001 * i] for i, name in enumerate(labels)}, epochs=epochs)
    plot = draw(made.curves, labels)
    for figure in (plot.figure, plot.narrow):
        assert_no_words_lie_over_others(figure)
        last = made.metrics[made.metrics["epoch"] == epochs]
        digits = 4 if plot.name == "loss" else 2
        for column in (f"test_{plot.name}", f"train_{plot.name}"):
            assert all(f"{value:.{digits}f}" in texts(figure) for value in last[column])


@pytest.mark.parametrize(("epochs", "panels"), [(3, 2), (20, 4)])
def test_the_last_five_epochs_are_magnified_where_there_are_more(epochs, panels):
    made = study(epochs=epochs)
    plot = curves.accuracy(made.curves, made.labels, REFERENCE)
    for figure in (plot.figure, plot.narrow):
        assert len(figure.axes) == panels
        if panels == 4:
            for whole, last in zip(figure.axes[::2], figure.axes[1::2], strict=True):
                assert list(last.get_xticks()) == [16, 17, 18, 19, 20]
                assert np.ptp(last.get_ylim()) < np.ptp(whole.get_ylim())
    one = study(variants=["gn"])
    assert len(curves.accuracy(one.curves, one.labels).figure.axes) == 2  # nothing merges


@given(labels=st.lists(st.tuples(st.floats(-1, 2), st.floats(0.01, 0.1)), min_size=1, max_size=10))
def test_labels_are_spread_without_overlap_in_the_order_of_their_lines(labels):
    wanted, sizes = zip(*labels, strict=True)
    order = np.argsort(wanted, kind="stable")
    places, room = np.array(spread_out(wanted, sizes))[order], np.array(sizes)[order]
    low, high = places - room / 2, places + room / 2
    assert (low[1:] >= high[:-1] - 1e-9).all()
    assert low[0] >= -1e-9 and high[-1] <= 1 + 1e-9


def test_labels_that_are_far_apart_stay_where_they_are():
    assert spread_out([0.8, 0.2, 0.5], [0.1] * 3) == pytest.approx([0.8, 0.2, 0.5])
    assert spread_out([0.5, 0.5], [0.1, 0.1]) == pytest.approx([0.45, 0.55])
    assert spread_out([], []) == []


@pytest.mark.parametrize("colour", COLOURS)
def test_words_in_a_models_colour_can_be_read_on_white(colour):
    rgb = np.array(to_rgb(ink(colour)))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    assert 1.05 / (linear @ [0.2126, 0.7152, 0.0722] + 0.05) >= 4.5


@pytest.mark.parametrize("draw", [curves.loss, curves.accuracy])
def test_of_many_models_each_has_a_panel_of_its_own(draw):
    made = study(variants=[f"v{i}" for i in range(12)])
    plot = draw(made.curves, made.labels)
    for figure in (plot.figure, plot.narrow):
        named = [axes for axes in figure.axes if axes.get_title(loc="left")]
        assert [axes.get_title(loc="left") for axes in named] == list(made.labels.values())
        for place, axes in enumerate(named):
            own = made.metrics[made.metrics["variant"] == f"v{place}"].round(6)  # as curves.csv
            drawn = [line.get_ydata().tolist() for line in axes.lines if line.get_linewidth() > 1]
            assert own[f"test_{plot.name}"].tolist() in drawn
            assert own[f"train_{plot.name}"].tolist() in drawn
            assert len(drawn) == 2 and len(axes.lines) == 2 + 12


def test_on_a_phone_text_keeps_its_size_and_stays_inside():
    made = study(seeds=2, variants=("gn", "bn_l1"))
    for plot in every_plot(made):
        with style():
            narrow = plot.narrow
            narrow.draw_without_rendering()
            drawn = narrow.get_tightbbox()  # inches
        width, height = narrow.get_size_inches()
        assert width == NARROW
        assert drawn.x0 >= -0.03 and drawn.x1 <= width + 0.03, plot.name
        assert drawn.y0 >= -0.03 and drawn.y1 <= height + 0.03, plot.name
        assert all(text.get_fontsize() >= 8 for text in narrow.findobj(Text))


def test_every_figure_names_a_function_that_is_there():
    for plot in every_plot(study()):
        module, _, name = plot.function.rpartition(".")
        assert callable(getattr(import_module(f"normstudy.report.{module}"), name))


def test_the_originals_curves_are_dashed_and_only_what_there_is():
    made = study()
    plot = curves.loss(made.curves, made.labels, REFERENCE)
    assert "the original, test" in legend(plot.figure)  # it has no train loss
    assert "the original, test and train" in legend(
        curves.accuracy(made.curves, made.labels, REFERENCE).figure
    )
    assert "the original" in plot.caption
    plot = curves.accuracy(made.curves, made.labels, None)
    assert "original" not in texts(plot.figure) + plot.caption


def test_alt_text_has_the_numbers():
    made = study()
    alt = curves.accuracy(made.curves, made.labels).alt
    assert "Group Normalization 99.10 % (from 98.91 %)" in alt
    assert "over 20 epochs" in alt
    assert "0.0250" in curves.loss(made.curves, made.labels).alt
    alt = final_accuracy.final_accuracy(made).alt
    assert "Group Normalization 99.10 % (interval 98.9" in alt
    assert "the original 99.54 %" in alt
    alt = curves.variant_curves(made.curves, made.labels, "ln").alt
    assert "test accuracy 99.15 % (from 98.96 %)" in alt


def test_several_seeds_are_means_with_a_band_that_the_caption_explains():
    made = study(seeds=5)
    plot = curves.accuracy(made.curves, made.labels)
    assert "means over 5 seeds, bands go from the lowest to the highest" in plot.caption
    assert "Group Normalization 99.12 %" in plot.alt
    assert all(axes.collections for axes in plot.figure.axes)
    plot = final_accuracy.final_accuracy(made)
    (dots, *_), rows = plot.figure.axes[0].lines, plot.figure.axes[0].get_yticks()
    assert len(dots.get_xdata()) == 5
    assert len(rows) == 3


@pytest.mark.parametrize(("seeds", "count", "epochs"), [(1, 1, 1), (20, 12, 3), (2, 12, 40)])
def test_any_number_of_seeds_variants_and_epochs(seeds, count, epochs):
    made = study(seeds, [f"v{i}" for i in range(count)], epochs=epochs)
    for plot in every_plot(made):
        assert rendered(plot.figure, "svg").startswith(b"<?xml")
        assert plot.alt
        assert "nan" not in plot.alt


def test_poor_and_perfect_accuracies_and_losses_fit_their_axes():
    for accuracy in (9.8, 100.0):
        made = made_up_study({"gn": [accuracy]}, epochs=2)
        losses = made.curves["metric"].str.endswith("loss")
        made.curves.loc[losses, ["mean", "lowest", "highest"]] = 0.0
        for draw in (curves.loss, curves.accuracy):
            for axes in draw(made.curves, made.labels).figure.axes:
                low, high = axes.get_ylim()
                ys = np.concatenate([line.get_ydata() for line in axes.lines])
                assert np.isfinite([low, high]).all()
                assert ((low <= ys) & (ys <= high)).all()
                assert len(axes.get_yticks()) >= 1


def test_runs_of_one_seed_are_joined_in_the_dot_plot():
    made = study(seeds=3)
    plot = final_accuracy.final_accuracy(made)
    table = made.tests().pivot(index="seed", columns="variant", values="accuracy")
    drawn = [line.get_xdata().tolist() for line in plot.figure.axes[0].lines]
    assert all(row in drawn for row in table[list(made.labels)].to_numpy().tolist())


@pytest.mark.parametrize("seeds", [1, 5])
def test_final_accuracies_are_written_beside_their_rows(seeds):
    made = study(seeds, [f"v{i}" for i in range(9)])
    plot = final_accuracy.final_accuracy(made)
    means = made.tests().groupby("variant")["accuracy"].mean()
    for figure in (plot.figure, plot.narrow):
        assert_no_words_lie_over_others(figure)
        with style():
            drawn = figure.get_tightbbox()
        assert all(f"{mean:.2f}" in texts(figure) for mean in means)
        assert drawn.x1 <= figure.get_size_inches()[0] + 0.03


def test_looks_are_stable_and_distinct():
    twelve = looks([f"v{i}" for i in range(12)])
    assert len(set(twelve.values())) == 12
    assert looks(["v0", "v1"])["v1"] == twelve["v1"]


@pytest.mark.parametrize("epochs", [1, 2, 20, 21, 100, 999, 10_000])
@pytest.mark.parametrize("most", [8, 20])
def test_epoch_ticks_are_whole_and_few(epochs, most):
    axes = Figure().subplots()
    epoch_axis(axes, epochs, most)
    ticks = axes.get_xticks()
    assert len(ticks) <= most + 1
    assert all(tick == int(tick) and 1 <= tick <= epochs for tick in ticks)


def test_strings_of_the_user_are_drawn_as_they_are():
    hostile = r"_<script>$\frac{1}{0}$ & $"
    variants = {"gn": {"label": hostile, "norm": "group"}}
    made = made_up_study({"gn": [99.5]}, variants=variants)
    for plot in every_plot(made)[:-1]:
        svg = rendered(plot.figure, "svg")  # an unclosed or broken formula would raise
        ET.parse(io.BytesIO(svg))
        assert hostile in plot.alt
    assert any(hostile in entry for entry in legend(every_plot(made)[0].narrow))


def test_the_same_tables_give_the_same_bytes():
    made = study()
    for extension in ("png", "svg"):
        first, second = (
            rendered(curves.loss(made.curves, made.labels).figure, extension) for _ in range(2)
        )
        assert first == second


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
