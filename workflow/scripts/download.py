"""Rule download: the dataset's files, verified."""

import sys

if "snakemake" not in globals():
    sys.exit(f"{__doc__} Snakemake runs this script: see README.md, or `snakemake --help`.")
sys.path.insert(0, snakemake.scriptdir)  # this project's package and no other

from pathlib import Path

from normstudy.config.study import folder
from normstudy.data.fetch import download
from normstudy.running.job_log import job_log

with job_log(snakemake.log[0]) as say:
    params, raw = snakemake.params, Path(snakemake.output.raw[0]).parent
    source = snakemake.config.get("dataset", {}).get("source")
    download(params.dataset, raw, params.sha256, folder(source) if source else None, say)
