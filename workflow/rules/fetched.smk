"""The data: fetched once, and told from others by their SHA-256, never by their dates."""

from normstudy.data import fetch
from normstudy.data.checksums import listed
from normstudy.data.folder import find
from normstudy.records.files import read_json

SOURCE_FOLDER = folder_of(STUDY.dataset.source) if STUDY.dataset.source else None


@cache
def data_sha256():
    """File name → SHA-256 that the data must have; empty where only a download can tell.

    Of a dataset that only its folder defines, taken from the folder. A function, because a job
    on another machine does not have that folder, and does not ask.
    """
    if STUDY.dataset_facts.sha256 or not SOURCE_FOLDER:
        return STUDY.dataset_facts.sha256
    with one_sentence("Error: config key dataset.source: "):
        return fetch.expected(DATASET, SOURCE_FOLDER, RAW_FILES[0].parent)


@cache
def fetched_sha256():
    """What the listing of the fetched files says; empty where there is none."""
    with suppress(StudyError):
        return listed(CHECKSUMS)
    return {}


def trained_on_these(variant, seed):
    """Whether a run is finished, and its own record has the data that the config asks for."""
    record = read_json(layout.run_folder(RESULTS, variant, seed) / "provenance.json")
    data = record.get("data_sha256")
    return bool(data) and not IMPORTED and data == (data_sha256() or fetched_sha256() or data)


def listing(wildcards):
    """The listing of checksums. Its date is of no account to a run that has these data."""
    same = trained_on_these(wildcards.variant, wildcards.seed)
    return ancient(CHECKSUMS) if same else CHECKSUMS


def source_files(wildcards):
    """The files of a dataset that only its folder defines; of no account if they were fetched."""
    if STUDY.dataset_facts.sha256 or not SOURCE_FOLDER or not SOURCE_FOLDER.is_dir():
        return []
    files = [local(str(find(SOURCE_FOLDER, DATASET, name))) for name in FILE_NAMES]
    return [*map(ancient, files)] if data_sha256() == fetched_sha256() else files


# Deleted data are fetched again before Snakemake looks: it retrains what depends on files that a
# job makes, though they be the same.
if not all(map(os.path.exists, [*RAW_FILES, CHECKSUMS])):
    if any(trained_on_these(*run) for run in RUNS):
        tell = partial(print, file=sys.stderr)
        with one_sentence():
            fetch.download(DATASET, RAW_FILES[0].parent, data_sha256(), SOURCE_FOLDER, tell)
