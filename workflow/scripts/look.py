"""Rule look: the claims judged at a number of seeds, and which variants they still need."""

import sys

if "snakemake" not in globals():
    sys.exit(f"{__doc__} Snakemake runs this script: see README.md, or `snakemake --help`.")
sys.path.insert(0, snakemake.scriptdir)  # this project's package and no other

from normstudy.records.files import write_json
from normstudy.records.json_records import LookRecord, RunRecord
from normstudy.records.machine import now
from normstudy.records.read_tables import read_runs
from normstudy.running.job_log import job_log
from normstudy.statistics.study_tables import judge_study
from normstudy.statistics.summary import final_values, metrics_of
from normstudy.statistics.verdicts.judging import still_needed

with job_log(snakemake.log[0]):
    given, params = snakemake.input, snakemake.params
    names = [tuple(run) for run in params.runs]
    epochs = [RunRecord.read(path).recipe["epochs"] for path in given.runs]
    metrics, evaluation = read_runs(names, epochs, given.metrics, given.evaluations)
    runs = metrics_of(final_values(metrics, evaluation))
    judged = judge_study(runs, evaluation, params.claims, params.verdicts, params.seeds)
    needed = still_needed(judged.comparisons)
    verdicts = dict(zip(judged.claims["claim"], judged.claims["verdict"], strict=True))
    look = LookRecord(int(snakemake.wildcards.look), now(), verdicts, needed)
    write_json(look, snakemake.output[0])
    print(f"still needed: {', '.join(needed) or 'none'}")
