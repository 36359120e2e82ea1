"""Names that the user gives are shown as they are, in a report made by the command on the page."""

import shlex
import sys

import yaml
from helpers.page import tidy
from helpers.project import run

HOSTILE = '<script>alert("1")</script> & <b>"$\\frac{1}{0}$" _a_ *b* |c| `d` \'e\' [f](g)'


def test_the_users_words_are_shown_as_they_are(report, open_page, project, report_path):
    config = yaml.safe_load((project.folder / "config.yaml").read_text(encoding="utf-8"))
    config["variants"]["gn"]["label"] = HOSTILE
    config["claims"][0]["says"] = f"It is {HOSTILE}"
    written = yaml.safe_dump(config, sort_keys=False)
    (project.folder / "config.yaml").write_text(written, encoding="utf-8")
    command = report().locator("pre", has_text="report.html").text_content()
    assert command.startswith("snakemake --cores 1 results/report.html --force")
    run([sys.executable, "-m", *shlex.split(command)], project.folder)
    path = project.folder / "results" / "report.html"
    assert path.read_bytes() != report_path.read_bytes()

    page = open_page(path)
    assert page.locator("script:not([type])").count() == 1
    assert page.locator("b:not(.explorer b)").count() == 0
    assert tidy(path) == ""
    text = page.locator("main").evaluate("one => one.textContent.replaceAll('\\u00a0', ' ')")
    assert text.count(f"“It is {HOSTILE}”") >= 1
    for place in ("tbody th", "main > p"):
        shown = page.locator(place).evaluate_all("all => all.map(one => one.textContent)")
        assert any(HOSTILE in words for words in shown), place
    described = page.locator(".drawing > *").evaluate_all(
        "all => all.map(one => one.alt ?? one.ariaLabel)"
    )
    assert sum(HOSTILE in (words or "") for words in described) >= 5
