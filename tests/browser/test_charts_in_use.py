"""Values and switches of the charts, by keyboard and by touch."""

import pytest
from helpers.page import words


def test_a_chart_tells_its_values_by_keyboard(made_page, made):
    page = made_page(charts=True)
    chart = page.locator("figure").first
    chart.locator(".live").focus()
    page.keyboard.press("End")
    tip = chart.locator(".tip")
    means = made.study.metrics.groupby(["variant", "epoch"])["test_accuracy"].mean().round(6)
    labels = list(made.study.labels.items())

    def told(variant, label, epoch):
        return words(tip).startswith(f"{label}, epoch {epoch}: {means[variant, epoch]:.2f} %")

    assert told(*labels[0], 6)
    page.keyboard.press("ArrowLeft")
    assert told(*labels[0], 5)
    page.keyboard.press("ArrowDown")
    assert told(*labels[1], 5)
    page.keyboard.press("Escape")
    assert not tip.is_visible()


def test_lines_are_switched_off_by_keyboard_and_stay_untold(made_page, made):
    page = made_page(charts=True)
    chart = page.locator("figure").first
    chart.locator(".live").focus()
    page.keyboard.press("Tab")  # to the switches
    first = chart.locator(".switches button").first
    assert first.evaluate("one => one === document.activeElement")
    label = next(iter(made.study.labels.values()))
    assert words(first) == label and first.locator("i").count() == 1  # its colour
    dots = page.locator("figure").nth(1).locator(".switches button", has_text="runs")
    assert dots.count() == 1 and not dots.locator("i").count()  # they are of every colour
    groups = chart.locator(f"[data-series^='{label}']")
    assert groups.count() >= 2
    page.keyboard.press("Enter")
    assert first.get_attribute("aria-pressed") == "false"
    assert groups.evaluate_all("all => all.every(one => one.style.display === 'none')")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowLeft")
    assert words(chart.locator(".tip")).startswith(list(made.study.labels.values())[1])
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert groups.evaluate_all("all => all.every(one => one.style.display === '')")


@pytest.mark.parametrize("width", [360, 1280])
def test_every_chart_tells_by_touch_what_is_under_the_finger(made_page, width):
    page = made_page(width, charts=True, has_touch=True)
    charts = page.locator("figure:has(.switches)")
    assert charts.count() >= 2
    for chart in charts.all():
        chart.scroll_into_view_if_needed()
        place, series = chart.evaluate(
            """one => {
              const points = 'use:not([x="0"])';  // bands are drawn from the corner
              const group = [...one.querySelectorAll("[data-series]")]
                .find(g => g.querySelector(points));
              const point = [...group.querySelectorAll(points)].at(-1);
              point.scrollIntoView({ block: "center", inline: "center" });
              const box = point.getBoundingClientRect();
              return [[box.x + box.width / 2, box.y + box.height / 2], group.dataset.series];
            }"""
        )
        page.touchscreen.tap(*place)
        tip = chart.locator(".tip")
        assert tip.is_visible() and len(words(tip)) > 10, series
        ring, box = chart.locator(".ring").bounding_box(), tip.bounding_box()
        assert abs(ring["x"] + ring["width"] / 2 - place[0]) < 40
        assert box["x"] >= 0 and box["x"] + box["width"] <= width
        page.locator("h1").tap()
        assert not tip.is_visible()
        button = chart.locator(".switches button").last
        button.tap()
        assert button.get_attribute("aria-pressed") == "false"
