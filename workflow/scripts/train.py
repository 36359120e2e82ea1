"""Rule train: one run, a variant with a seed."""

from pathlib import Path

from normstudy.checkpoint import save_checkpoint
from normstudy.data import check_labels, completed, load_split, verify
from normstudy.files import write_csv, write_json
from normstudy.joblog import job_log
from normstudy.machine import now
from normstudy.processes import stop_if_orphaned
from normstudy.progress import progress
from normstudy.resume import ResumeFile, fingerprint
from normstudy.run_record import run_record
from normstudy.training import epoch_line, train

with job_log(snakemake.log[0]) as say:
    started = now()
    given, output, recipe = snakemake.input, snakemake.output, snakemake.params.recipe
    variant, seed = snakemake.wildcards.variant, int(snakemake.wildcards.seed)
    raw = Path(given.raw[0]).parent
    plan = Path(snakemake.log[0]).parents[1] / "plan.json"
    trained = []  # the epochs of this job

    def say_run(line: str) -> None:
        say(f"{variant} seed {seed} · {line}")

    def after_epoch(row: dict, seconds: float) -> None:
        trained.append(row["epoch"])
        line = f"{variant} seed {seed} · {epoch_line(row, recipe['epochs'], seconds)}"
        print(line)  # to the log, from which others read how far this run is
        study = progress(plan)
        say.terminal(f"{line} · study: {study}" if study and study.total > 1 else line)
        stop_if_orphaned()

    verify(given.checksums)
    resume = ResumeFile(
        snakemake.params.resume,
        fingerprint(recipe, seed, [given.checksums, *given.code]),
        say_run,
    )
    splits = [load_split(raw, split, recipe[f"{split}_images"]) for split in ("train", "test")]
    for split in splits:
        check_labels(split, recipe["num_classes"], raw)
    recipe = completed(recipe, splits[0])
    model, metrics = train(
        recipe,
        seed,
        *splits,
        on_epoch=after_epoch,
        resume=resume,
    )
    metrics.insert(0, "variant", variant)
    metrics.insert(1, "seed", seed)
    write_csv(metrics, output.metrics)
    save_checkpoint(model, recipe, output.checkpoint)
    before = recipe["epochs"] - len(trained)
    write_json(run_record(variant, seed, recipe, model, started, before), output.provenance)
