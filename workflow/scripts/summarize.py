"""Rule summarize: the tables of the whole study, and how they came to be."""

import json
import os
from pathlib import Path

import pandas as pd
from normstudy.files import replacing, write_csv
from normstudy.joblog import job_log
from normstudy.provenance import provenance
from normstudy.summary import run_metrics, summarize

with job_log(snakemake.log[0]):
    given, params, output = snakemake.input, snakemake.params, snakemake.output
    metrics = pd.concat(map(pd.read_csv, given.metrics), ignore_index=True)
    evaluation = pd.concat(map(pd.read_csv, given.evaluations), ignore_index=True)
    reference = pd.read_csv(given.reference[0]) if given.reference else None
    write_csv(metrics, output.metrics)
    write_csv(evaluation, output.evaluation)
    write_csv(summarize(run_metrics(metrics, evaluation), reference), output.summary)
    facts = provenance(
        params.study,
        Path(params.sources),
        Path(given.checksums),
        dict(zip(params.jobs, given.benchmarks, strict=True)),
        os.environ.get("NORMSTUDY_COMMAND", ""),
    )
    with replacing(output.provenance) as temporary:
        temporary.write_text(json.dumps(facts, indent=2, ensure_ascii=False), encoding="utf-8")
