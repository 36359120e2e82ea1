"""Rule worked_example: the normalizations on a small batch as a spreadsheet, and the network."""

import sys

sys.path.insert(0, snakemake.scriptdir)  # this project's package and no other

import io
from pathlib import Path

from normstudy.data.idx import load_split
from normstudy.example.explained import explained
from normstudy.example.workbook import example_workbook
from normstudy.records.files import replacing, write_json
from normstudy.running.job_log import job_log

with job_log(snakemake.log[0]):
    params, output = snakemake.params, snakemake.output
    train = load_split(Path(snakemake.input.raw[0]).parent, "train", params.train_images)
    found = explained(params.networks, train, params.classes, params.augmentation, params.seed)
    content = io.BytesIO()  # not to the file itself: on a full disk its archive cannot be closed
    example_workbook().save(content)
    with replacing(output.workbook) as temporary:
        temporary.write_bytes(content.getvalue())
    write_json(found, output.explained)
