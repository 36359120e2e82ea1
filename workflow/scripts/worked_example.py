"""Rule worked_example: a spreadsheet of the normalizations; the networks and augmented images."""

import sys

if "snakemake" not in globals():
    sys.exit(f"{__doc__} Snakemake runs this script: see README.md, or `snakemake --help`.")
sys.path.insert(0, snakemake.scriptdir)  # this project's package and no other

from pathlib import Path

import numpy as np
from normstudy.data.idx import load_split
from normstudy.example.augmented import augmented
from normstudy.example.outline import network_table
from normstudy.example.workbook import example_workbook
from normstudy.records.files import replacing, write_csv
from normstudy.running.job_log import job_log

with job_log(snakemake.log[0]):
    with replacing(snakemake.output.workbook) as temporary:
        temporary.write_bytes(example_workbook())
    params, output = snakemake.params, snakemake.output
    write_csv(network_table(params.networks), output.network)
    train = load_split(Path(snakemake.input.raw[0]).parent, "train", params.train_images)
    labels, rows = augmented(train, params.classes, params.augmentation, params.seed)
    with replacing(output.augmented) as temporary, open(temporary, "wb") as file:
        np.savez_compressed(file, labels=labels, rows=rows)
