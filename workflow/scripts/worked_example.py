"""Rule worked_example: the normalizations on a small batch, as a spreadsheet of formulas."""

import io

from normstudy.files import replacing
from normstudy.joblog import job_log
from normstudy.workbook import example_workbook

with job_log(snakemake.log[0]):
    content = io.BytesIO()  # not to the file itself: on a full disk its archive cannot be closed
    example_workbook().save(content)
    with replacing(snakemake.output[0]) as temporary:
        temporary.write_bytes(content.getvalue())
