"""Rule worked_example: the normalizations on a small batch as a spreadsheet, and the networks."""

import sys

if "snakemake" not in globals():
    sys.exit(f"{__doc__} Snakemake runs this script: see README.md, or `snakemake --help`.")
sys.path.insert(0, snakemake.scriptdir)  # this project's package and no other

from normstudy.example.outline import network_table
from normstudy.example.workbook import example_workbook
from normstudy.records.files import replacing, write_csv
from normstudy.running.job_log import job_log

with job_log(snakemake.log[0]):
    with replacing(snakemake.output.workbook) as temporary:
        temporary.write_bytes(example_workbook())
    write_csv(network_table(snakemake.params.networks), snakemake.output.network)
