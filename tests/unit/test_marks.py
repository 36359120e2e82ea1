"""What a figure's SVG says of its points: a value each, and the series that they belong to."""

import xml.etree.ElementTree as ET
from itertools import chain

import pytest
from helpers.made_up import graded_study, made_up_config
from matplotlib.figure import Figure
from normstudy.report.figures.runs import final_accuracy, seed_dots
from normstudy.report.figures.verdicts import forests
from normstudy.report.marks import SVG, mark, svg

HOSTILE = '<b>"a" & b</b>\u00e9'


def told(figure) -> dict[tuple[str, ...], list[str]]:
    """series → the values of its points, as the SVG has them."""
    found: dict[tuple[str, ...], list[str]] = {}
    for group in ET.fromstring(svg(figure)).iter(f"{{{SVG}}}g"):
        if group.get("data-series"):
            titles = [title.text for title in group.iter(f"{{{SVG}}}title")]
            found.setdefault(tuple(group.get("data-series").split("\n")), []).extend(titles)
    return found


def study(seeds):
    return graded_study(seeds, claims=made_up_config()["claims"])


@pytest.mark.parametrize("seeds", [1, 4])
def test_every_contrast_and_every_run_tells_its_value(seeds):
    made = study(seeds)
    for plot in forests(made.differences, made.comparisons, made.config):
        values = [*chain(*told(plot.figure).values())]
        assert sum(" minus " in value for value in values) == len(values)
        assert len(values) == len(made.comparisons) * (1 if seeds == 1 else 1 + seeds)
    values = [*chain(*told(final_accuracy(made).figure).values())]
    for run in made.runs.itertuples():
        assert any(
            value.startswith(made.labels[run.variant]) and f"{run.test_accuracy:.2f}" in value
            for value in values
        )
    assert (seed_dots(made) is None) == (seeds == 1)


def test_the_users_words_stay_and_what_is_unnamed_tells_nothing():
    figure = Figure(figsize=(7, 2))
    axes = figure.subplots()
    axes.plot([1, 2], [3, 4], "o")
    assert told(figure) == {}
    mark(axes.plot([1, 2], [3, 4], "o"), HOSTILE, [HOSTILE, "second"])
    assert told(figure) == {(HOSTILE,): [HOSTILE, "second"]}
    axes.plot([1, 2], [3, 4], "o", label="mine")
    assert told(figure)["mine",] == ["mine, x 1: 3", "mine, x 2: 4"]


def test_a_value_without_a_point_is_an_error():
    figure = Figure()
    mark(figure.subplots().plot([1, 2], [3, 4], "o"), "a", ["only one"])
    with pytest.raises(ValueError):
        svg(figure)
