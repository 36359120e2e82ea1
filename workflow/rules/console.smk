"""What a person sees while the study runs, and the plan from which jobs tell how far it is."""

import shlex
import time

from snakemake.logging import logger

from normstudy.running.console import ShortLines
from normstudy.running.events import events_path
from normstudy.running.leftovers import discard_states
from normstudy.running.processes import claim, unwritable
from normstudy.running.progress import Plan, duration, progress, slots

STARTED = time.monotonic()
plan = Plan()  # until one is made, when jobs start
# Not the rules' `message`: that would keep the details from Snakemake's log file as well.
WORDS = {name: words.replace("{dataset}", DATASET) for name, words in RULES.items()}


if RESULTS.exists() and not os.access(RESULTS, os.W_OK):  # no error yet: -n may well look at it
    print(unwritable(RESULTS, "read-only"), file=sys.stderr)


def jobs_of(rule):
    """The jobs of a rule that lead to what was asked for."""
    return [job for job in workflow.dag.jobs if job.rule.name == rule]


def results():
    """Where to look: the report, if that was asked for."""
    page = RESULTS / "report.html"
    return f"The report: {page}" if jobs_of("report") else f"The results: {RESULTS}"


for handler in logger.handlers:  # not those of a logger plugin, nor the file's
    if handler.name == "DefaultStreamHandler" and not workflow.output_settings.verbose:
        handler.setFormatter(
            ShortLines(
                handler.formatter,
                words=WORDS,
                so_far=lambda: str(progress(plan)),
                dry_run=lambda: workflow.dryrun,
                finished=results,
            )
        )


def plan_runs():
    """Write down which runs will be trained from now on."""
    global plan
    needed = set(workflow.dag.needrun_jobs())
    runs = jobs_of("train")
    limits = {name: limit.value for name, limit in workflow.global_resources.items()}
    plan = Plan(
        command=shlex.join(["snakemake", *sys.argv[1:]]),
        options=spelled(SOURCE, workflow.overwrite_configfiles, SETTINGS),
        there=len(set(runs) - needed),
        slots=max((slots(job.resources, limits) for job in runs), default=1),
        runs=[
            {
                "epochs": job.params.recipe["epochs"],
                "cost": study.cost(STUDY, job.wildcards.variant),
                "events": str(events_path(job.log[0])),
                "metrics": str(job.output.metrics),
                "resume": job.params.resume,
            }
            for job in runs
            if job in needed
        ],
    )
    plan.write(PLAN)


def clean_up():
    """Delete the states that finished runs have no more use for."""
    discard_states(
        (RESUME / f"{variant}-seed-{seed}.pt", RESULTS / variant / f"seed-{seed}" / "checkpoint.pt")
        for variant, seed in RUNS
    )


def say_done():
    logger.info(f"Done in {duration(time.monotonic() - STARTED)}.")
    logger.info(results())


def say_stopped():
    logger.info(
        f"Stopped after {duration(time.monotonic() - STARTED)}; what failed is said above."
        " Once that is mended, the same command goes on from here: nothing finished is lost."
    )
