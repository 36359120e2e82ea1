"""Rule judge: verdicts on the runs of any training code."""

import sys

if "snakemake" not in globals():
    sys.exit(f"{__doc__} Snakemake runs this script: see README.md, or `snakemake --help`.")
sys.path.insert(0, snakemake.scriptdir)  # this project's package and no other

from pathlib import Path

from normstudy.judge.__main__ import write
from normstudy.running.job_log import job_log

with job_log(snakemake.log[0]):
    given = snakemake.input
    write(given.runs, given.claims, Path(snakemake.output.page))
