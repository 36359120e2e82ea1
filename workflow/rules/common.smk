"""The paths and lists that the rules are made of."""

from functools import cache, partial
from itertools import chain

from normstudy.config.changes import study_of_tables
from normstudy.data.datasets import DATASETS
from normstudy.data.idx import FILE_NAMES
from normstudy.records import layout
from normstudy.running.code_digest import code_digests

RESULTS = folder_of(STUDY.results)
LOGS = RESULTS / "logs"
BENCHMARKS = RESULTS / "benchmarks"
RUN = RESULTS / "{variant}" / "seed-{seed}"
DATASET = STUDY.dataset.name
DATA = folder_of(STUDY.dataset.folder) / DATASET
RAW_FILES = [DATA / "raw" / name for name in FILE_NAMES]
CHECKSUMS = DATA / "sha256sums.txt"
DATA_SOURCE = DATA / "source.json"
TITLE = f"Normalizations compared on {DATASET}"
VARIANTS = list(STUDY.variants)
SEEDS = STUDY.all_seeds  # all that there may be
RUNS = [(variant, seed) for variant in VARIANTS for seed in SEEDS]

# --touch keeps tables that may be of another config. Snakemake is then told that one, so that its
# next run sees what changed.
TOUCHED = {"--touch", "-t"} & {*sys.argv[1:]}
OF_TABLES = study_of_tables(RESULTS / "provenance.json", STUDY) if TOUCHED else STUDY


wildcard_constraints:
    variant="|".join(VARIANTS),
    seed="|".join(map(str, SEEDS)),


def source(path):
    """A file of the project: no module's prefix stands before it, and no storage has it."""
    return local(str(SOURCE / path))


def resource(name):
    """A table of workflow/resources as a list, empty where the dataset has none."""
    table = f"workflow/resources/{DATASET.lower()}_{name}.csv"
    ours = DATASET in DATASETS and (SOURCE / table).exists()  # not a user's own "mnist"
    return [source(table)] if ours else []


def code(*rooms):
    """A param: the digest of each room of the package that a rule's results depend on."""
    return lambda wildcards: code_digests(*rooms)


def kept(path):
    """An output that stays until the new one is complete; Snakemake deletes others beforehand.

    Not for results in storage, of which there is no copy here, nor before there is such a file.
    """
    stored = workflow.storage_settings.default_storage_provider
    new = "{" not in str(path) and not Path(path).exists()
    return path if stored or new else update(path)


def reported(path, category, label, caption):
    """An output that Snakemake's own report (--report) shows, under a label for readers."""
    labels = label if callable(label) else {"What": label}
    caption = f"../../report/captions/{caption}.rst"
    return report(path, category=category, labels=labels, caption=caption)


def paths_of(pattern, runs):
    """A file of each of the runs, (variant, seed)."""
    return expand(pattern, zip, variant=[v for v, _ in runs], seed=[s for _, s in runs])


def results_of(runs):
    """All that rules train and misclassified make for each of the runs."""
    made = [*rules.train.output, *rules.misclassified.output]
    return list(chain.from_iterable(paths_of(RUN / Path(path).name, runs) for path in made))


def for_runs(make):
    """What `make` gives for the list of all runs: the study's inputs and params.

    With `seeds: until decided` the list is not known before the looks are taken: a function then.
    """
    until = STUDY.until_decided
    return (lambda wildcards: make(runs_after(looks_taken()))) if until else make(RUNS)


def run_files(name):
    """A file of every run."""
    return for_runs(partial(paths_of, RUN / name))


def compared(wildcards):
    """The results folders to compare."""
    with one_sentence():
        return compared_folders(COMPARED)


def judged(wildcards):
    """Anyone's runs and the claims about them, for rule judge."""
    if isinstance(JUDGED, dict) and JUDGED.keys() == {"runs", "claims"}:
        files = {name: folder_of(str(path)) for name, path in JUDGED.items()}
        for name, path in files.items():
            if not path.exists():
                sys.exit(f"Error: judge={{{name}: …}}: there is no {path}")
        return {name: local(str(path)) for name, path in files.items()}
    sys.exit(
        "Error: name runs and claims, as in --config 'judge={runs: runs.csv, claims: claims.yaml}'"
    )
