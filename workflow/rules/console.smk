"""What a person sees while the study runs, and the plan from which jobs tell how far it is."""

import time

from snakemake.logging import logger

from normstudy.running.console import ShortLines
from normstudy.running.progress import duration, progress, write_plan

STARTED = time.monotonic()
PLAN = LOGS / "plan.json"
# Not the rules' `message`: that would keep the details from Snakemake's log file as well.
WORDS = {name: words.replace("{dataset}", DATASET) for name, words in RULES.items()}


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
                so_far=lambda: str(progress(PLAN) or ""),
                dry_run=lambda: workflow.dryrun,
                finished=results,
            )
        )


def slots(job):
    """How many jobs like this one may run at the same time, by cores and other resources."""
    shares = [
        limit.value // job.resources[name]
        for name, limit in workflow.global_resources.items()
        if isinstance(limit.value, int) and isinstance(job.resources.get(name), int)
        if job.resources[name] > 0
    ]
    return max(min(shares, default=1), 1)


def plan_runs():
    """Write down which runs will be trained from now on."""
    needed = set(workflow.dag.needrun_jobs())
    runs = jobs_of("train")
    write_plan(
        PLAN,
        there=len(set(runs) - needed),
        slots=max(map(slots, runs), default=1),
        runs=[
            {
                "epochs": job.params.recipe["epochs"],
                "cost": study.cost(STUDY, job.wildcards.variant),
                "log": job.log[0],
                "metrics": job.output.metrics,
                "resume": job.params.resume,
            }
            for job in runs
            if job in needed
        ],
    )


def say_done():
    logger.info(f"Done in {duration(time.monotonic() - STARTED)}.")
    logger.info(results())


def say_stopped():
    logger.info(
        f"Stopped after {duration(time.monotonic() - STARTED)}; what failed is said above."
        " Once that is mended, the same command goes on from here: nothing finished is lost."
    )
