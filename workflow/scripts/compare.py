"""Rule compare: finished studies side by side on one page."""

import sys

if "snakemake" not in globals():
    sys.exit(f"{__doc__} Snakemake runs this script: see README.md, or `snakemake --help`.")
sys.path.insert(0, snakemake.scriptdir)  # this project's package and no other

from pathlib import Path

from normstudy.records.files import replacing
from normstudy.report.side_by_side import side_by_side
from normstudy.report.study import load_study
from normstudy.running.job_log import job_log

with job_log(snakemake.log[0]):
    template = Path(snakemake.input.template).parent
    made = side_by_side([load_study(folder) for folder in snakemake.params.folders], template)
    with replacing(snakemake.output[0]) as temporary:
        temporary.write_text(made, encoding="utf-8")
