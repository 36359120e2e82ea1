"""The paths and lists that the rules are made of."""

import json
import shlex
from contextlib import suppress
from itertools import chain, product

from normstudy.running import processes
from normstudy.running.code_digest import code_digest
from snakemake.io import sourcecache_entry

RESULTS = study.folder(STUDY["results"])
if RESULTS.exists() and not os.access(RESULTS, os.W_OK):  # no error yet: -n may well look at it
    print(processes.unwritable(RESULTS, "read-only"), file=sys.stderr)
LOGS = RESULTS / "logs"
BENCHMARKS = RESULTS / "benchmarks"
DATASET = STUDY["dataset"]["name"]
DATA = study.folder(STUDY["dataset"]["folder"]) / DATASET
FACTS = study.dataset_facts(STUDY)
VARIANTS = list(STUDY["variants"])
SEEDS = study.seeds(STUDY)
# For the record in provenance.json. Not a param, which would remake it at each new command.
os.environ[processes.SNAKEMAKE] = str(os.getpid())
os.environ.setdefault("NORMSTUDY_COMMAND", shlex.join(["snakemake", *sys.argv[1:]]))
# Likewise: what must be typed beside a target to mean this study, for the report's commands.
OPTIONS = ["--snakefile", str(SOURCE / "Snakefile")] if SOURCE != Path() else []
if workflow.overwrite_configfiles:
    OPTIONS += ["--configfile", *map(os.path.relpath, workflow.overwrite_configfiles)]
if SETTINGS:
    OPTIONS += ["--config", *(f"{key}={json.dumps(value)}" for key, value in SETTINGS.items())]
os.environ.update(NORMSTUDY_OPTIONS=shlex.join(OPTIONS))
LABELS = {name: variant["label"] for name, variant in STUDY["variants"].items()}

RUN = RESULTS / "{variant}" / "seed-{seed}"
RESUME = RESULTS / "resume"
RAW_FILES = [DATA / "raw" / name for name in FILE_NAMES]
CHECKSUMS = DATA / "sha256sums.txt"
DATA_SOURCE = DATA / "source.json"


wildcard_constraints:
    variant="|".join(VARIANTS),
    seed="|".join(map(str, SEEDS)),


def source(path):
    """A file of the project. Where the data lie in storage, it travels with the jobs instead."""
    return sourcecache_entry(str(SOURCE / path), path)


def code(script, notebook=None, docstrings=False):
    """A param: the digest of a rule's code, taken when a job needs it."""
    sources = [f"workflow/scripts/{script}.py"] + ([notebook] if notebook else [])
    paths = tuple((SOURCE / path).resolve() for path in sources)
    return lambda wildcards: code_digest(paths, docstrings)


def run_files(name, variants=VARIANTS):
    """A file of every run of the variant or variants."""
    return expand(RUN / name, variant=variants, seed=SEEDS)


def results_of_runs(variants):
    """All that rules train and misclassified make for the variant or variants."""
    patterns = [*rules.train.output, *rules.misclassified.output]
    return expand(patterns, variant=variants, seed=SEEDS)


def resource(name):
    """A table of workflow/resources as a list, empty where the dataset has none."""
    table = f"workflow/resources/{DATASET.lower()}_{name}.csv"
    known = DATASET in DATASETS and (SOURCE / table).exists()  # not one's own "mnist"
    return [source(table)] if known else []


def shown(path, category, label, caption):
    """An output that Snakemake's own report (--report) shows, under a label for readers."""
    return report(
        path,
        category=category,
        labels=label if callable(label) else {"What": label},
        caption=f"../../report/captions/{caption}.rst",
    )


def workflow_files(wildcards):
    """The project's own files, for a crate to be run again; looked up only where one is made."""
    parts = ["Snakefile", "config.yaml", "environment.yml", "LICENSE", "README.md"]
    parts += ["requirements.in", "requirements.txt", "profiles", "report", "workflow"]
    found = chain.from_iterable(
        [SOURCE / part] if (SOURCE / part).is_file() else (SOURCE / part).rglob("*")
        for part in parts
    )
    return sorted(path for path in found if path.is_file() and "__pycache__" not in path.parts)


def discard_states():
    """Delete the states that finished runs have no more use for."""
    for variant, seed in product(VARIANTS, SEEDS):
        state = RESUME / f"{variant}-seed-{seed}.pt"
        trained = RESULTS / variant / f"seed-{seed}" / "checkpoint.pt"
        if state.exists() and trained.exists():
            if state.stat().st_mtime <= trained.stat().st_mtime:
                state.unlink()
    with suppress(OSError):  # not there, or not empty
        RESUME.rmdir()
