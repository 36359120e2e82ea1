"""What a figure's SVG says of its points: a value each, and the series that they belong to."""

import io
import xml.etree.ElementTree as ET
from itertools import chain

import pytest
from helpers.made_up import REFERENCE, graded_study, made_up_config
from matplotlib.figure import Figure
from normstudy.report.figures import curves, final_accuracy
from normstudy.report.figures.plot import NARROW, WIDTH, rendered
from normstudy.report.figures.verdicts import forests, seed_dots
from normstudy.report.marks import SVG, mark

HOSTILE = '<b>"a" & b</b>\u00e9'


def told(figure) -> dict[tuple[str, ...], list[str]]:
    """series → the values of its points, as the SVG has them."""
    found: dict[tuple[str, ...], list[str]] = {}
    for group in ET.parse(io.BytesIO(rendered(figure, "svg"))).iter(f"{{{SVG}}}g"):
        if group.get("data-series"):
            titles = [title.text for title in group.iter(f"{{{SVG}}}title")]
            found.setdefault(tuple(group.get("data-series").split("\n")), []).extend(titles)
    return found


def study(seeds):
    return graded_study(seeds, claims=made_up_config()["claims"])


@pytest.mark.parametrize("seeds", [1, 4])
def test_every_point_of_a_curve_tells_its_epoch_and_its_value(seeds):
    made = study(seeds)
    plot = curves.accuracy(made.curves, made.labels, REFERENCE)
    for figure in (plot.figure, plot.narrow):
        found = told(figure)
        for variant, label in made.labels.items():
            own = made.metrics[made.metrics["variant"] == variant]
            means = own.groupby("epoch")["test_accuracy"].mean().round(6)
            values = found[label, "test"]
            assert len(values) == len(means) + 5  # the last five epochs are magnified
            drawn = [*means.items(), *means.iloc[-5:].items()]
            for value, (epoch, mean) in zip(values, drawn, strict=True):
                assert value.startswith(f"{label}, test, epoch {epoch}: {mean:.2f} %")
                assert ("seeds" in value) == (seeds > 1)
            assert (label, "test", "original") in found


@pytest.mark.parametrize("seeds", [1, 4])
def test_every_contrast_and_every_run_tells_its_value(seeds):
    made = study(seeds)
    for plot in forests(made.differences, made.comparisons, made.config):
        for figure in (plot.figure, plot.narrow):
            values = [*chain(*told(figure).values())]
            assert sum(" minus " in value for value in values) == len(values)
            assert len(values) == len(made.comparisons) * (1 if seeds == 1 else 1 + seeds)
    dots = final_accuracy.final_accuracy(made)
    values = [*chain(*told(dots.figure).values())]
    for run in made.runs.itertuples():
        assert any(
            value.startswith(made.labels[run.variant]) and f"{run.test_accuracy:.2f} %" in value
            for value in values
        )
    assert len(seed_dots(made.runs, made.summary, made.config)) == (seeds > 1)


def test_the_users_words_and_an_unmarked_figure_stay_as_they_are():
    for width in (WIDTH, NARROW):
        figure = Figure(figsize=(width, 2))
        axes = figure.subplots()
        axes.plot([1, 2], [3, 4], "o")
        assert told(figure) == {}
        mark(axes.plot([1, 2], [3, 4], "o"), HOSTILE, [HOSTILE, "second"])
        assert told(figure) == {(HOSTILE,): [HOSTILE, "second"]}


def test_a_value_without_a_point_is_an_error():
    figure = Figure()
    mark(figure.subplots().plot([1, 2], [3, 4], "o"), "a", ["only one"])
    with pytest.raises(ValueError):
        rendered(figure, "svg")
