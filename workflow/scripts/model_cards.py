"""Rule model_cards: a page per variant that describes its trained networks."""

import sys

if "snakemake" not in globals():
    sys.exit(f"{__doc__} Snakemake runs this script: see README.md, or `snakemake --help`.")
sys.path.insert(0, snakemake.scriptdir)  # this project's package and no other

from pathlib import Path

from normstudy.exports.model_card import model_card
from normstudy.records.files import replacing
from normstudy.records.json_records import StudyRecord
from normstudy.records.read_tables import read_table
from normstudy.records.tables import STUDY_TABLES
from normstudy.running.job_log import job_log

with job_log(snakemake.log[0]):
    given = snakemake.input
    summary, evaluation = (
        read_table(given[name], STUDY_TABLES[name].columns, "summarize")
        for name in ("summary", "evaluation")
    )
    facts = StudyRecord.read(given.provenance)
    for variant, path in zip(snakemake.params.variants, snakemake.output, strict=True):
        with replacing(path) as temporary:
            card = model_card(variant, summary, evaluation, facts, Path(given.template))
            temporary.write_text(card, encoding="utf-8")
