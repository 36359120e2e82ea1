"""Rule report: the notebook executed on the tables, and the page made of it."""

import sys

sys.path.insert(0, snakemake.scriptdir)  # this project's package and no other

from pathlib import Path

import nbformat
import normstudy
from normstudy.records.files import replacing
from normstudy.report.notebook import execute, render
from normstudy.report.page import KEPT
from normstudy.running.job_log import job_log
from normstudy.running.progress import Plan

with job_log(snakemake.log[0]):
    given, output = snakemake.input, snakemake.output
    notebook = execute(
        given.notebook,
        {
            "results": str(Path(given.summary).parent),
            "raw": str(Path(given.raw[0]).parent),
            "reference": given.reference[0] if given.reference else None,
            "label_issues": given.label_issues[0] if given.label_issues else None,
            "options": Plan.read(snakemake.params.plan).options,
            "template": str(Path(given.template[0]).parent),
            "scripts": str(Path(normstudy.__file__).parents[1]),
        },
        failed=snakemake.params.failed,
    )
    tables = [getattr(given, name.removesuffix(".csv")) for name in KEPT]
    page = render(notebook, Path(given.template[0]).parent, tables)
    with replacing(output.notebook) as temporary:
        nbformat.write(notebook, temporary)
    with replacing(output.page) as temporary:
        temporary.write_text(page, encoding="utf-8")
