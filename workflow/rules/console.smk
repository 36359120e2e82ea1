"""What a person sees while the study runs, and the plan from which jobs tell how far it is."""

import shlex
import time
from collections import Counter
from functools import cache

from snakemake.logging import logger

from normstudy.config.changes import PlannedJob, because, changes, unrecorded
from normstudy.config.requests import where
from normstudy.records.store import store_at
from normstudy.running.console import Known, ShortLines
from normstudy.running.events import events_path
from normstudy.running.interrupts import DEAF, Stop, stopped
from normstudy.running.leftovers import discard_states, find_leftovers
from normstudy.running.processes import claim, unwritable
from normstudy.running.progress import Plan, PlannedRun, duration, progress, slots

STARTED = time.monotonic()
plan = Plan()  # until one is made, when jobs start
stop = Stop()
shell.prefix(DEAF)


if STUDY["resume"]:  # a URL whose driver is not here is an error before any job
    with one_sentence(OF_CONFIG):
        store_at(STUDY["resume"])
if RESULTS.exists() and not os.access(RESULTS, os.W_OK):  # no error yet: -n may well look at it
    print(unwritable(RESULTS, "read-only"), file=sys.stderr)


def jobs_of(rule):
    """The jobs of a rule that lead to what was asked for."""
    return [job for job in workflow.dag.jobs if job.rule.name == rule]


def needed_jobs():
    """The jobs of this invocation in the order of the config, less targets that only gather."""
    jobs = workflow.dag.needrun_jobs(exclude_finished=False)
    order = {name: number for number, name in enumerate([*RULES, *VARIANTS])}
    return sorted(
        (job for job in jobs if job.rule.name in RULES),
        key=lambda job: (
            order[job.rule.name],
            order.get(getattr(job.wildcards, "variant", ""), 0),
            int(getattr(job.wildcards, "seed", 0)),
        ),
    )


def planned(job):
    """What is known of a job to run: what differs from when its results were made."""
    reason, train = workflow.dag.reason(job), job.rule.name == "train"
    # A run may have more reasons than the first that Snakemake found.
    params = workflow.persistence.params_changed(job) if train else reason.params_changed
    named = {name: value for name, value in job.params.items() if repr(value) in params.only_new}
    data = {str(CHECKSUMS), *map(str, RAW_FILES)} if train else set()
    words = "the data changed" if data & {*map(str, reason.updated_input)} else ""
    if words and not workflow.persistence.has_metadata(job):
        words = "the data are newer, and no record (.snakemake/metadata) says if they changed"
    if data & {*map(str, reason.updated_input_run)}:
        words = "the data are fetched again"
    fetched = fetched_sha256() if job.rule.name == "download" else {}
    source_changed = bool(fetched) and SOURCE_FOLDER and data_sha256() != fetched
    if source_changed:
        words = f"{DATASET} changed in {SOURCE_FOLDER}"
    return PlannedJob(
        job.rule.name,
        *(str(getattr(job.wildcards, name, "")) for name in ("variant", "seed")),
        before=params.only_old,
        now=named,
        missing=(
            ()
            if reason.updated_input_run
            else tuple(sorted(Path(path).name for path in reason.missing_output))
        ),
        anew=bool(job.output) and not any(Path(path).exists() for path in job.output),
        data=words,
        forced=reason.forced and not source_changed,
        remade=bool(reason.updated_input_run),
    )


def what_changed():
    """What changed since results were made, and what cannot be known of that."""
    kept = (job for job in jobs_of("train") if not workflow.dag.needrun(job))
    unknown = [job for job in kept if workflow.dag.reason(job).no_metadata]
    return "\n".join(
        [*changes(map(planned, needed_jobs())), *unrecorded(len(unknown)), *to_prune()]
    )


def leftovers():
    """Files in the results of runs that the config no longer has."""
    return find_leftovers(OF_RUNS, VARIANTS, SEEDS)


def to_prune():
    """In a dry run of prune, what it would delete."""
    if not (workflow.dryrun and jobs_of("prune")):
        return []
    found = leftovers()
    return (
        [f"Would delete {found}", *map(str, found.files)] if found.files else ["Nothing to delete"]
    )


@cache
def numbered_jobs():
    """The jobs by Snakemake's number."""
    return {workflow.dag.jobid(job): job for job in needed_jobs()}


def gathering():
    """How many of the jobs make nothing themselves."""
    targets = [job for job in workflow.dag.targetjobs if job.rule.name not in RULES]
    return sum(workflow.dag.needrun(job) or workflow.dag.finished(job) for job in targets)


def results():
    """Where what was asked for is."""
    asked = workflow.dag.targetfiles
    return "\n".join(
        where(
            [
                (job.rule.name, [path for path in job.output if path in asked] or [*job.output])
                for job in workflow.dag.targetjobs
            ],
            RESULTS,
        )
    )


for handler in logger.handlers:  # not those of a logger plugin, nor the file's
    if handler.name == "DefaultStreamHandler" and not workflow.output_settings.verbose:
        known = Known(
            # Not the rules' `message`: that would keep the details from Snakemake's log as well.
            words=RULES,
            dataset=DATASET,
            so_far=lambda: str(progress(plan)),
            dry_run=lambda: workflow.dryrun,
            touch=lambda: workflow.touch,
            quiet=bool(workflow.output_settings.quiet),
            changes=what_changed,
            why=lambda number: because(planned(numbered_jobs()[number])),
            gathering=gathering,
            stopped=lambda: bool(stop),
            finished=results,
            grown=lambda: plan_runs(),
            more=lambda: what_the_next_look_trains(),
        )
        lines = ShortLines(handler.formatter, known)
        handler.setFormatter(lines)
        handler.addFilter(lines)


def to_run():
    """What Snakemake still has to run; in a dry run, which takes each for done, all of it."""
    return set(workflow.dag.needrun_jobs(exclude_finished=not workflow.dryrun))


def next_look():
    """The look that the planned jobs lead to; None if what is asked for waits for none."""
    looks, needed = jobs_of("look"), to_run()
    pending = [int(job.wildcards.look) for job in looks if job in needed]
    if looks and not pending:
        return max(until_decided.last_looks(VARIANTS, LOOKS, gone_on()).values())
    return min(pending, default=None)


def what_the_next_look_trains():
    """For a dry run of a study that goes from look to look: a line, or nothing."""
    look, needed = next_look(), to_run()
    if look is None:
        return ""
    trained = Counter(job.wildcards.variant for job in jobs_of("train") if job in needed)
    runs = ", ".join(f"{count} of {variant}" for variant, count in trained.items())
    text = f"Trained for the look at {look} seeds: {runs or 'nothing more'}."
    if not any(job in needed for job in jobs_of("look")):
        return text if runs else ""
    return (
        f"{text} Then only the variants that an undecided claim still needs are trained further, up"
        f" to {LOOKS[-1]} seeds."
    )


def plan_runs():
    """Write down which runs will be trained from now on."""
    global plan
    needed, runs = to_run(), jobs_of("train")
    limits = {name: limit.value for name, limit in workflow.global_resources.items()}
    plan = Plan(
        command=shlex.join(["snakemake", *sys.argv[1:]]),
        options=spelled(SOURCE, workflow.overwrite_configfiles, SETTINGS),
        there=len(set(runs) - needed),
        slots=max((slots(job.resources, limits) for job in runs), default=1),
        upto=f"the look at {look} seeds" if (look := next_look()) else "",
        runs=[
            PlannedRun(
                name=f"{job.wildcards.variant}, seed {job.wildcards.seed},",
                epochs=job.params.recipe["epochs"],
                cost=study.cost(STUDY, job.wildcards.variant),
                events=str(events_path(job.log[0])),
                metrics=str(job.output.metrics),
                resume=job.params.resume,
            )
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
    if not STUDY["resume"]:
        return
    # Where the config says, by the jobs: a store's dates and this machine's do not compare.
    needed = to_run()
    finished = [
        Path(job.params.resume).name
        for job in jobs_of("train")
        if job not in needed or workflow.dag.finished(job)
    ]
    try:
        store_at(STUDY["resume"]).remove(finished)
    except Exception as error:  # each kind of store has errors of its own
        logger.warning(f"Warning: {STUDY['resume']} keeps states of finished runs ({error})")


def say_done():
    logger.info(f"Done in {duration(time.monotonic() - STARTED)}.")
    logger.info(results())
    if (found := leftovers()).files:
        logger.info(
            f"No longer in the config: {found}. To delete them:"
            f" {f'snakemake --cores 1 prune {plan.options}'.rstrip()} (first with -n, to see which)"
        )


def say_stopped():
    if stop:
        logger.info(stopped(plan.runs, plan.started))
        return
    logger.info(
        f"Stopped after {duration(time.monotonic() - STARTED)}. Fix what failed (see above), then"
        " run the same command to resume: nothing finished is lost."
    )
