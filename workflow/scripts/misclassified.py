"""Rule misclassified: what one trained network gets wrong."""

import sys

if "snakemake" not in globals():
    sys.exit(f"{__doc__} Snakemake runs this script: see README.md, or `snakemake --help`.")
sys.path.insert(0, snakemake.scriptdir)  # this project's package and no other

from pathlib import Path

from normstudy.data.checksums import verify
from normstudy.data.idx import load_split
from normstudy.evaluation.matrix import misclassified_matrix
from normstudy.evaluation.pictures import png
from normstudy.evaluation.predictions import evaluate, misclassified_table, predictions_table
from normstudy.network.checkpoint import load_checkpoint
from normstudy.records.files import replacing, write_csv
from normstudy.records.read_tables import read_table
from normstudy.records.store import forget_state
from normstudy.records.tables import LABEL_ISSUES
from normstudy.running.job_log import job_log

with job_log(snakemake.log[0]):
    variant, seed = snakemake.wildcards.variant, int(snakemake.wildcards.seed)
    params, output = snakemake.params, snakemake.output
    order, count = params.shown["order"], params.shown["count"]
    raw = Path(snakemake.input.raw[0]).parent
    verify(snakemake.input.checksums)
    model, recipe = load_checkpoint(snakemake.input.checkpoint, (variant, seed))
    train = load_split(raw, "train", recipe["train_images"])
    test = load_split(raw, "test", recipe["test_images"])
    disputed = {
        index
        for table in snakemake.input.label_issues
        for index in read_table(table, LABEL_ISSUES)["test_index"]
    }

    evaluation, test_log_probs = evaluate(model, recipe, train, test)
    evaluation.insert(0, "variant", variant)
    evaluation.insert(1, "seed", seed)
    predictions = predictions_table(test_log_probs, test.labels)
    errors = misclassified_table(predictions, disputed, order)
    figure = misclassified_matrix(
        test.images, errors, params.classes, f"{params.label}, seed {seed}", count, order
    )

    write_csv(evaluation, output.evaluation)
    write_csv(predictions, output.predictions)
    write_csv(errors, output.misclassified)
    with replacing(output.picture) as temporary:
        temporary.write_bytes(png(figure, 160))
    forget_state(Path(snakemake.log[0]), snakemake.config.get("resume"))
