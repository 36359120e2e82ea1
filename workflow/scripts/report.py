"""Rule report: the notebook executed on the tables, and the page made of it."""

import sys

if "snakemake" not in globals():
    sys.exit(f"{__doc__} Snakemake runs this script: see README.md, or `snakemake --help`.")
sys.path.insert(0, snakemake.scriptdir)  # this project's package and no other

import base64
import os
from pathlib import Path

import nbformat
import normstudy
from normstudy.errors import StudyError
from normstudy.records.files import replacing
from normstudy.report.notebook import execute, figures, render
from normstudy.report.page import KEPT, PAGE
from normstudy.report.text.wording import plain
from normstudy.running.job_log import job_log
from normstudy.running.progress import Plan


def seen(path):
    """A path as the notebook is given it: in the project relative, so that a copy can use it."""
    path = os.path.abspath(path)
    within = inside and Path(path).is_relative_to(Path.cwd())
    return os.path.relpath(path) if within else path


log = Path(snakemake.log[0])
with job_log(log):
    given, output, params = snakemake.input, snakemake.output, snakemake.params
    results = Path(output.notebook).parent
    inside = results.absolute().is_relative_to(Path.cwd())
    runs: dict[str, list[int]] = {}
    for path in given.run_metrics:
        variant, seed = Path(path).parts[-3:-1]
        runs.setdefault(variant, []).append(int(seed.removeprefix("seed-")))
    notebook = execute(
        given.notebook,
        {
            "results": seen(results),
            "runs": runs,
            "labels": {variant: plain(label) for variant, label in params.labels.items()},
            "classes": list(params.classes),
            "raw": seen(Path(given.raw[0]).parent),
            "test_images": params.test_images,
            "shown": params.shown,
            "reference": seen(given.reference[0]) if given.reference else None,
            "label_issues": seen(given.label_issues[0]) if given.label_issues else None,
            "published": seen(given.published[0]) if given.published else None,
            "slides": None,
            "options": Plan.read(log.with_name("plan.json")).options,
            "scripts": seen(Path(normstudy.__file__).parents[1]),
        },
        failed=log.with_name("report-failed.ipynb"),
    )
    drawn = figures(notebook)
    for path in (*output.figures, *output.bitmaps):
        name, extension = Path(path).stem, Path(path).suffix
        if name not in drawn:
            raise StudyError(
                f"report/report.ipynb no longer draws the figure {name}, which"
                f" workflow/scripts/normstudy/config/figures.py lists: remove it there, or name a"
                f' figure so: plt.subplots(num="{name}")'
            )
        with replacing(path) as temporary:
            if extension == ".svg":
                temporary.write_text(drawn[name].data[PAGE], encoding="utf-8")
            else:
                temporary.write_bytes(base64.b64decode(drawn[name].data["image/png"]))
    tables = [getattr(given, name.removesuffix(".csv")) for name in KEPT]
    page = render(notebook, Path(given.template[0]).parent, tables)
    with replacing(output.notebook) as temporary:
        nbformat.write(notebook, temporary)
    with replacing(output.page) as temporary:
        temporary.write_text(page, encoding="utf-8")
