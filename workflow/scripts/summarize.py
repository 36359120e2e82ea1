"""Rule summarize: the tables of the whole study, and how they came to be."""

import os
from pathlib import Path

import pandas as pd
from normstudy.files import write_csv, write_json
from normstudy.joblog import job_log
from normstudy.label_doubts import label_doubts
from normstudy.provenance import provenance
from normstudy.single_run import single_run_tests
from normstudy.summary import run_metrics, summarize
from normstudy.verdicts import compare

with job_log(snakemake.log[0]):
    given, params, output = snakemake.input, snakemake.params, snakemake.output
    metrics = pd.concat(map(pd.read_csv, given.metrics), ignore_index=True)
    evaluation = pd.concat(map(pd.read_csv, given.evaluations), ignore_index=True)
    reference = pd.read_csv(given.reference[0]) if given.reference else None
    write_csv(metrics, output.metrics)
    write_csv(evaluation, output.evaluation)
    runs, claims = run_metrics(metrics, evaluation), params.study["claims"]
    write_csv(summarize(runs, reference), output.summary)
    write_csv(compare(runs, claims, params.study["verdicts"]), output.comparisons)
    tables = map(pd.read_csv, given.predictions)
    predictions = dict(zip(map(tuple, params.runs), tables, strict=True))
    issues = pd.read_csv(given.label_issues[0]) if given.label_issues else None
    write_csv(single_run_tests(claims, predictions), output.single_run)
    write_csv(label_doubts(predictions, issues), output.label_doubts)
    facts = provenance(
        config=params.study,
        sources=Path(params.sources),
        requirements=Path(given.requirements),
        checksums=Path(given.checksums),
        data_source=Path(given.data_source),
        runs=given.runs,
        benchmarks=dict(zip(params.jobs, given.benchmarks, strict=True)),
        command=os.environ.get("NORMSTUDY_COMMAND", ""),
    )
    write_json(facts, output.provenance)
