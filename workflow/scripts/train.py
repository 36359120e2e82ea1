"""Rule train: one run, a variant with a seed."""

from pathlib import Path

from normstudy.data import load_split, verify
from normstudy.files import write_csv
from normstudy.joblog import job_log
from normstudy.training import epoch_line, save_checkpoint, train

with job_log(snakemake.log[0]) as say:
    variant, seed = snakemake.wildcards.variant, int(snakemake.wildcards.seed)
    recipe = snakemake.params.recipe
    raw = Path(snakemake.input.raw[0]).parent
    verify(snakemake.input.checksums)
    model, metrics = train(
        recipe,
        seed,
        load_split(raw, "train", recipe["train_images"]),
        load_split(raw, "test", recipe["test_images"]),
        on_epoch=lambda row, seconds: say(
            f"{variant} seed {seed} · {epoch_line(row, recipe['epochs'], seconds)}"
        ),
    )
    metrics.insert(0, "variant", variant)
    metrics.insert(1, "seed", seed)
    write_csv(metrics, snakemake.output.metrics)
    save_checkpoint(model, recipe, snakemake.output.checkpoint)
