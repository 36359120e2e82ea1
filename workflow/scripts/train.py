"""Rule train: one run, a variant with a seed."""

import sys

if "snakemake" not in globals():
    sys.exit(f"{__doc__} Snakemake runs this script: see README.md, or `snakemake --help`.")
sys.path.insert(0, snakemake.scriptdir)  # this project's package and no other

from pathlib import Path

from normstudy.data.checksums import listed, verify
from normstudy.data.idx import check_labels, completed, load_split
from normstudy.errors import StudyError
from normstudy.network.checkpoint import save_checkpoint
from normstudy.network.resume import ResumeState, fingerprint
from normstudy.network.run_record import run_record
from normstudy.network.training import Diverged, on_this_machine, train
from normstudy.records.files import write_csv, write_json
from normstudy.records.machine import now
from normstudy.records.store import run_states
from normstudy.records.tables import METRICS
from normstudy.running.code_digest import check_code
from normstudy.running.job_log import job_log
from normstudy.running.processes import Starter
from normstudy.running.progress import Plan, RunProgress, duration

log = Path(snakemake.log[0])
with job_log(log) as say, RunProgress(log.with_suffix(".json")) as so_far:
    started = now()
    given, output = snakemake.input, snakemake.output
    variant, seed = snakemake.wildcards.variant, int(snakemake.wildcards.seed)
    raw = Path(given.raw[0]).parent
    plan, starter = Plan.read(log.parents[1] / "plan.json"), Starter()

    def say_run(line: str) -> None:
        say(f"{variant} seed {seed} · {line}")

    recipe = on_this_machine(snakemake.params.recipe, say_run)
    so_far.write(epochs=recipe["epochs"])

    def after_epoch(row: dict, seconds: float) -> None:
        so_far.write(epoch=row["epoch"], seconds=so_far.seconds + seconds)
        say_run(
            f"epoch {row['epoch']}/{recipe['epochs']} · test {row['test_accuracy']:.2f} %"
            f" · {seconds:.1f} s · {duration(plan.seconds_left(so_far))} left"  # of the study
        )
        starter.stop_if_gone()

    def on_resume(epoch: int) -> None:
        so_far.write(epoch=epoch, resumed_after=epoch)
        say_run(f"going on after epoch {epoch} of {recipe['epochs']}, from {resume.path}")

    def of_run(metrics):
        return metrics.assign(variant=variant, seed=seed)[[*METRICS]]

    whole_epochs = log.with_suffix(".metrics.csv")
    whole_epochs.unlink(missing_ok=True)
    check_code(snakemake.params.code)
    verify(given.checksums)
    data = listed(given.checksums)
    elsewhere = snakemake.config.get("resume")  # no param: another place trains nothing again
    resume = ResumeState(
        run_states(log, elsewhere),
        f"{log.stem}.pt",
        fingerprint(recipe, seed, data, snakemake.params.code),
        say_run,
        required=not elsewhere,
    )
    splits = [load_split(raw, split, recipe[f"{split}_images"]) for split in ("train", "test")]
    for split in splits:
        check_labels(split.labels, recipe["num_classes"], raw)
    recipe = completed(recipe, splits[0])
    try:
        weights, metrics = train(recipe, seed, *splits, after_epoch, resume, on_resume)
    except Diverged as error:
        write_csv(of_run(error.metrics), whole_epochs)
        raise StudyError(
            f"{variant} seed {seed}: {error}. Its whole epochs are in {whole_epochs}. The report of"
            " the others: the same command with"
            f" --config 'variants={{{variant}: null}}' 'claims=[]'"
        ) from error
    write_csv(of_run(metrics), output.metrics)
    save_checkpoint(weights, recipe, variant, seed, output.checkpoint)
    resumed, code = so_far.resumed_after, snakemake.params.code
    record = run_record(variant, seed, recipe, weights, started, resumed, code, data)
    write_json(record, output.provenance)
