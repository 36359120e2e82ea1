"""Rule worked_example: the normalizations on a small batch, as a spreadsheet of formulas."""

import io

from normstudy.example.workbook import example_workbook
from normstudy.records.files import replacing
from normstudy.running.job_log import job_log

with job_log(snakemake.log[0]):
    content = io.BytesIO()  # not to the file itself: on a full disk its archive cannot be closed
    example_workbook().save(content)
    with replacing(snakemake.output[0]) as temporary:
        temporary.write_bytes(content.getvalue())
