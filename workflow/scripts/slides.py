"""Rule slides: the figures of the report for a lecture."""

import sys

if "snakemake" not in globals():
    sys.exit(f"{__doc__} Snakemake runs this script: see README.md, or `snakemake --help`.")
sys.path.insert(0, snakemake.scriptdir)  # this project's package and no other

from pathlib import Path

from normstudy.report.notebook import execute
from normstudy.running.job_log import job_log

log = Path(snakemake.log[0])
with job_log(log):
    slides = str(Path(snakemake.output[0]).absolute())
    failed = log.with_name("slides-failed.ipynb")
    execute(snakemake.input.notebook, {"slides": slides}, failed)
