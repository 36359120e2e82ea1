"""What a person reads besides Snakemake's own lines: before any job, and at the end."""

import re
import shlex

from normstudy.config.changes import Run, asked, changes, keep
from normstudy.config.targets import doubts
from normstudy.data.folder import check_classes
from normstudy.records.files import write_json
from normstudy.records.store import store_at
from normstudy.running.ending import DEAF, Stop
from normstudy.running.leftovers import find_leftovers
from normstudy.running.processes import claim
from normstudy.running.progress import Plan

WORDS = sys.argv[1:] if "snakemake" in sys.argv[0] else []  # else a program that calls it
DRY_RUN = any(re.match(r"--dry-?run$|-[A-Za-z]*n", word) for word in WORDS)
FORCED = {"-F", "--forceall", "-f", "--force", "-R", "--forcerun"} & {*WORDS}
KEPT = RESULTS / ".touched.json"
PRODUCTS = {  # what readers open
    "report": rules.report.output.page,
    "slides": rules.slides.output[0],
    "comparison": rules.compare.output[0],
    "verdicts": rules.judge.output.page,
    "crate": rules.crate.output[0],
    "model card": RESULTS / "{variant}" / "model-card.md",
    "program": rules.export.output[0],
    "network": rules.train.output.checkpoint,
}
OPTIONS = lines.study_options(SOURCE, workflow.overwrite_configfiles, SETTINGS)
stop = Stop(start_none=lambda: shell.prefix("exit 1; "))
shell.prefix(DEAF)


def say(line):
    """Print lines to the terminal, if one still reads it."""
    with suppress(OSError, ValueError):
        print(line, end="\n" if line else "", file=sys.stderr, flush=True)


@cache
def to_train():
    """The runs that the command asks for and that are not trained as the config says."""
    recipes = {variant: STUDY.run_parameters(variant) for variant in VARIANTS}
    data, kept = data_sha256() or fetched_sha256(), read_json(KEPT)
    states = folder_of(STUDY.resume or str(RESULTS / "resume"))  # of a URL nothing is known
    runs = [
        Run(
            v,
            s,
            recipes[v],
            data,
            layout.run_folder(RESULTS, v, s),
            kept,
            states / f"{v}-seed-{s}.pt",
        )
        for v, s in runs_so_far()
    ]
    return [run for run in asked(runs, WORDS) if FORCED or run.differences() != ()]


def leftovers():
    """Files that only an earlier config or version has."""
    return find_leftovers(RESULTS, rules.prune.params.made, VARIANTS, SEEDS)


def command(target):
    """The command for a target of this study."""
    return f"snakemake {target} {OPTIONS}".rstrip()


def say_changes():
    """What changed since runs were trained, and what that makes of them; in prune's place its files."""
    if "prune" in WORDS:
        say("\n".join([f"{len(leftovers()):,} files to delete", *map(str, leftovers())]))
    elif not (TOUCHED or FORCED):
        say("\n".join(changes(to_train())))
        if STUDY.until_decided:
            open_ = (n for n in LOOKS[:-1] if not Path(str(LOOK).format(look=n)).exists())
            say(
                f"The next look is at {next(open_, LOOKS[-1])} seeds; what is undecided then is"
                f" trained further, up to {LOOKS[-1]} seeds."
            )


def begin():
    """Be alone with the results, and write down for the jobs what was asked for."""
    claim(RESULTS)
    costs = {f"{run.variant}-seed-{run.seed}": STUDY.cost(run.variant) for run in to_train()}
    typed = shlex.join(["snakemake", *WORDS])
    write_json(Plan(command=typed, options=OPTIONS, runs=costs), LOGS / "plan.json")
    if TOUCHED:
        keep(to_train(), KEPT)
    say_changes()
    stop.listen()
    look_only_when_a_job_ends()


def made(pattern, since):
    """The file of a variant or run that was made since then; the pattern where there are several."""
    files = {Path(str(pattern).format(variant=v, seed=s)) for v, s in RUNS}
    new = [path for path in files if path.exists() and path.stat().st_mtime > since]
    several = str(pattern).format(variant="<variant>", seed="<n>")
    return new and (new[0] if len(new) == 1 else several)


def say_done():
    """Name what this Snakemake made, and say whether the report is older."""
    begun, page = (LOGS / "plan.json").stat().st_mtime, Path(PRODUCTS["report"])
    done = {name: made(path, begun) for name, path in PRODUCTS.items()}
    if done["report"]:
        done["network"] = made(PRODUCTS["network"], 0)
    files = [f"the {name}{'s' * ('<' in str(path))}: {path}" for name, path in done.items() if path]
    words = ", ".join(files) or f"results are in {RESULTS}"
    say(f"Done. {words[0].upper()}{words[1:]}")
    if OF_TABLES is not STUDY and page.exists():
        say(f"The report is still of another config; to remake it: {command('all')}")
    elif page.exists() and made(RUN / "metrics.csv", page.stat().st_mtime):
        say(f"The report is older than some runs; to remake it: {command('all')}")
    if files := leftovers():
        say(
            f"{len(files):,} files are left over from an earlier config or version. To list them:"
            f" {command('-n prune')}; to delete them: {command('prune')}"
        )


def say_stopped():
    if stop:
        say("Stopped by you. The same command resumes each run after its last complete epoch.")
    else:
        say("Stopped. Fix what failed (see above); the same command resumes, nothing is lost.")


if STUDY.resume:  # a URL whose driver is not here is an error before any job
    with one_sentence(OF_CONFIG):
        store_at(STUDY.resume)
if workflow.is_main_process:
    with one_sentence():
        for doubt in doubts(WORDS, STUDY, RESULTS, (SOURCE / "Snakefile").read_text()):
            say(doubt)
        if SOURCE_FOLDER:
            check_classes(SOURCE_FOLDER, DATASET, len(STUDY.dataset_facts.classes))
    if DRY_RUN:
        say_changes()
