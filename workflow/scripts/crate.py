"""Rule crate: the finished study in one zip that machines can read too."""

import sys

if "snakemake" not in globals():
    sys.exit(f"{__doc__} Snakemake runs this script: see README.md, or `snakemake --help`.")
sys.path.insert(0, snakemake.scriptdir)  # this project's package and no other

from pathlib import Path

import yaml
from normstudy.exports.crate import study_crate
from normstudy.records.files import replacing
from normstudy.records.json_records import StudyRecord
from normstudy.records.provenance import user_name
from normstudy.running.job_log import job_log

with job_log(snakemake.log[0]):
    given = snakemake.input
    provenance, project = Path(given.provenance), Path(snakemake.params.project)
    (citation,) = (path for path in map(Path, given.workflow) if path.name == "CITATION.cff")
    crate = study_crate(
        snakemake.params.title,
        StudyRecord.read(provenance),
        yaml.safe_load(citation.read_text(encoding="utf-8")),
        user_name(project) or "The person who ran the study",
        project,
        [Path(path) for path in given.workflow],
        provenance.parent,
        [provenance, *map(Path, [*given.results, *given.checkpoints, *given.predictions])],
    )
    with replacing(snakemake.output[0]) as temporary:
        zipped = Path(crate.write_zip(temporary.with_suffix(".zip")))
        zipped.replace(temporary)
