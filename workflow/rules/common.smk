"""The checked config, and the paths and lists that the rules are made of."""

import os
import shlex
import sys
from pathlib import Path

from snakemake.exceptions import WorkflowError

# Relative to the working folder, so that a project that is moved is not trained again.
SOURCE = Path(os.path.relpath(workflow.basedir))
sys.path.insert(0, str(SOURCE / "workflow" / "scripts"))

from normstudy import config as study
from normstudy.datasets import FILE_NAMES
from normstudy.errors import StudyError

TARGETS = {"all", "download", "train", "misclassified", "summarize", "worked_example", "report"}
FOLDERS = {"benchmarks", "figures", "logs", "resume"}  # of results/, beside the variants' own

try:
    STUDY = study.check(
        config,
        study.load_schema(SOURCE / "workflow" / "schemas" / "config.schema.yaml"),
        reserved=TARGETS | FOLDERS,
    )
except StudyError as error:
    origin = ", ".join(str(path) for path in workflow.configfiles)
    raise WorkflowError(f"The config ({origin}) does not fit: {error}")

config.update(STUDY)  # with the defaults, for scripts that read snakemake.config

RESULTS = Path(STUDY["results"])
LOGS = RESULTS / "logs"
BENCHMARKS = RESULTS / "benchmarks"
DATASET = STUDY["dataset"]["name"]
DATA = Path(STUDY["dataset"]["folder"]) / DATASET
FACTS = study.dataset_facts(STUDY)
VARIANTS = list(STUDY["variants"])
SEEDS = study.seeds(STUDY)
# For the record in provenance.json. Not a param, which would remake it at each new command.
os.environ.setdefault("NORMSTUDY_COMMAND", shlex.join(["snakemake", *sys.argv[1:]]))
LABELS = {name: variant["label"] for name, variant in STUDY["variants"].items()}

RUN = RESULTS / "{variant}" / "seed-{seed}"
RAW_FILES = [DATA / "raw" / name for name in FILE_NAMES]
CHECKSUMS = DATA / "sha256sums.txt"


wildcard_constraints:
    variant="|".join(VARIANTS),
    seed="|".join(map(str, SEEDS)),


def modules(*names):
    """The files of normstudy that a rule's results depend on: Snakemake sees no imports."""
    return [SOURCE / "workflow" / "scripts" / "normstudy" / f"{name}.py" for name in names]


def run_files(name, variants=VARIANTS):
    """A file of every run of the variant or variants."""
    return expand(RUN / name, variant=variants, seed=SEEDS)


def resource(name):
    """A table of workflow/resources as a list, empty where the dataset has none."""
    table = SOURCE / "workflow" / "resources" / f"{DATASET.lower()}_{name}.csv"
    return [table] if table.exists() else []
