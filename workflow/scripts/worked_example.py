"""Rule worked_example: the normalizations on a small batch, as a spreadsheet of formulas."""

from normstudy.files import replacing
from normstudy.joblog import job_log
from normstudy.workbook import example_workbook

with job_log(snakemake.log[0]), replacing(snakemake.output[0]) as temporary:
    example_workbook().save(temporary)
