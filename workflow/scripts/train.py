"""Rule train: one run, a variant with a seed."""

import sys

sys.path.insert(0, snakemake.scriptdir)  # this project's package and no other

from pathlib import Path

from normstudy.data.checksums import listed, verify
from normstudy.data.idx import check_labels, completed, load_split
from normstudy.errors import StudyError
from normstudy.network.checkpoint import save_checkpoint
from normstudy.network.resume import ResumeState, fingerprint
from normstudy.network.run_record import run_record
from normstudy.network.training import Diverged, epoch_line, on_this_machine, train
from normstudy.records.files import write_csv, write_json
from normstudy.records.machine import now
from normstudy.records.store import Folder, store_at
from normstudy.records.tables import METRICS
from normstudy.running.code_digest import check_code
from normstudy.running.events import RunEvents
from normstudy.running.job_log import job_log
from normstudy.running.progress import Plan, progress

log = Path(snakemake.log[0])
with job_log(log) as say, RunEvents(log) as events:
    started = now()
    given, output = snakemake.input, snakemake.output
    variant, seed = snakemake.wildcards.variant, int(snakemake.wildcards.seed)
    raw = Path(given.raw[0]).parent
    plan = Plan.read(snakemake.params.plan)

    def say_run(line: str) -> None:
        say(f"{variant} seed {seed} · {line}")

    recipe = on_this_machine(snakemake.params.recipe, say_run)

    def after_epoch(row: dict, seconds: float) -> None:
        events.epoch(row, seconds)
        line = f"{variant} seed {seed} · {epoch_line(row, recipe['epochs'], seconds)}"
        print(line)
        study = progress(plan)
        say.terminal(f"{line} · study: {study}" if study.total > 1 else line)
        plan.stop_if_orphaned()

    def on_resume(epoch: int) -> None:
        events.resumed(epoch)
        say_run(f"going on after epoch {epoch} of {recipe['epochs']}, from {resume.path}")

    def of_run(metrics):
        return metrics.assign(variant=variant, seed=seed)[[*METRICS]]

    so_far = log.with_suffix(".metrics.csv")
    so_far.unlink(missing_ok=True)
    check_code(snakemake.params.code)
    verify(given.checksums)
    data = listed(given.checksums)
    state = Path(snakemake.params.resume)
    elsewhere = snakemake.config.get("resume")  # no param: another place trains nothing again
    resume = ResumeState(
        store_at(elsewhere) if elsewhere else Folder(state.parent),
        state.name,
        fingerprint(recipe, seed, data, snakemake.params.code),
        say_run,
        required=not elsewhere,
    )
    splits = [load_split(raw, split, recipe[f"{split}_images"]) for split in ("train", "test")]
    for split in splits:
        check_labels(split, recipe["num_classes"], raw)
    recipe = completed(recipe, splits[0])
    try:
        weights, metrics = train(recipe, seed, *splits, after_epoch, resume, on_resume)
    except Diverged as error:
        write_csv(of_run(error.metrics), so_far)
        raise StudyError(
            f"{variant} seed {seed}: {error}. Its whole epochs are in {so_far}. The report of the"
            f" others: the same command with --config 'variants={{{variant}: null}}' 'claims=[]'"
        ) from error
    write_csv(of_run(metrics), output.metrics)
    save_checkpoint(weights, recipe, variant, seed, output.checkpoint)
    resumed, code = events.resumed_after_epoch, snakemake.params.code
    record = run_record(variant, seed, recipe, weights, started, resumed, code, data)
    write_json(record, output.provenance)
