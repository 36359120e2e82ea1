"""Rule export: a trained network as a program that PyTorch runs without this project."""

import sys

if "snakemake" not in globals():
    sys.exit(f"{__doc__} Snakemake runs this script: see README.md, or `snakemake --help`.")
sys.path.insert(0, snakemake.scriptdir)  # this project's package and no other

from pathlib import Path

from normstudy.data.checksums import verify
from normstudy.data.idx import load_split
from normstudy.exports.program import export, largest_difference
from normstudy.network.checkpoint import load_checkpoint
from normstudy.running.job_log import job_log

with job_log(snakemake.log[0]) as say:
    given, path = snakemake.input, snakemake.output[0]
    verify(given.checksums)
    run = snakemake.wildcards
    model, recipe = load_checkpoint(given.checkpoint, (run.variant, int(run.seed)))
    export(model, recipe, path)
    test = load_split(Path(given.raw[0]).parent, "test", recipe["test_images"])
    difference = largest_difference(path, model, recipe, test.images)
    say(
        f"{path}: log-probabilities of {len(test.labels):,} test images differ by"
        f" {difference:.1e} at most from the checkpoint's"
    )
