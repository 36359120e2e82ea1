"""Rule crate: the finished study in one zip that machines can read too."""

from pathlib import Path

from normstudy.exports.crate import study_crate
from normstudy.records.files import replacing
from normstudy.records.json_records import STUDY, read_record
from normstudy.running.job_log import job_log

with job_log(snakemake.log[0]):
    given = snakemake.input
    provenance = Path(given.provenance)
    crate = study_crate(
        snakemake.params.title,
        read_record(provenance, STUDY, "summarize"),
        Path(snakemake.params.project),
        [Path(path) for path in given.workflow],
        provenance.parent,
        [provenance, *map(Path, given.results)],
    )
    with replacing(snakemake.output[0]) as temporary:
        zipped = Path(crate.write_zip(temporary.with_suffix(".zip")))
        zipped.replace(temporary)
