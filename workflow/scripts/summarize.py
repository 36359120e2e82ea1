"""Rule summarize: the tables of the whole study, and how they came to be."""

import sys

if "snakemake" not in globals():
    sys.exit(f"{__doc__} Snakemake runs this script: see README.md, or `snakemake --help`.")
sys.path.insert(0, snakemake.scriptdir)  # this project's package and no other

from pathlib import Path

from normstudy.records.data_package import data_package
from normstudy.records.files import write_csv, write_json
from normstudy.records.json_records import LookRecord, RunRecord, read_looks
from normstudy.records.machine import now
from normstudy.records.provenance import provenance
from normstudy.records.read_tables import Predictions, read_predictions, read_runs, read_table
from normstudy.records.tables import LABEL_ISSUES, REFERENCE_RUN
from normstudy.running.job_log import job_log
from normstudy.running.progress import Plan
from normstudy.statistics.study_tables import study_tables
from normstudy.statistics.verdicts.looks import with_looks

with job_log(snakemake.log[0]):
    given, params, output = snakemake.input, snakemake.params, snakemake.output
    names = [tuple(run) for run in params.runs]
    records = [RunRecord.read(path) for path in given.runs]
    epochs = [record.recipe["epochs"] for record in records]
    metrics, evaluation = read_runs(names, epochs, given.metrics, given.evaluations)
    reference = read_table(given.reference[0], REFERENCE_RUN) if given.reference else None
    evaluations = evaluation.groupby(["variant", "seed"])
    predictions = Predictions.of(
        (run, read_predictions(path, evaluations.get_group(run)))
        for path, run in zip(given.predictions, names, strict=True)
    )
    issues = read_table(given.label_issues[0], LABEL_ISSUES) if given.label_issues else None
    written = study_tables(params.study, metrics, evaluation, predictions, reference, issues)
    for name, table in written.items():
        write_csv(table, output[name])
    write_json(data_package(params.title), output.package)
    dates = {look.seeds: look.taken for look in map(LookRecord.read, given.looks)}
    looks = read_looks(output.looks)
    taken = with_looks(looks, params.study, written["comparisons"], now(), dates)
    write_json({"looks": taken}, output.looks)
    facts = provenance(
        config=params.study,
        sources=Path(params.sources),
        requirements=Path(given.requirements),
        checksums=Path(given.checksums),
        data_source=Path(given.data_source),
        runs=records,
        benchmarks=Path(params.benchmarks),
        command=Plan.read(Path(snakemake.log[0]).with_name("plan.json")).command,
    )
    write_json(facts, output.provenance)
