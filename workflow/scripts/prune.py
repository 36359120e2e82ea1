"""Rule prune: delete the results of runs that are no longer in the config."""

import sys

if "snakemake" not in globals():
    sys.exit(f"{__doc__} Snakemake runs this script: see README.md, or `snakemake --help`.")
sys.path.insert(0, snakemake.scriptdir)  # this project's package and no other

from pathlib import Path

from normstudy.running.job_log import job_log
from normstudy.running.leftovers import delete, find_leftovers

with job_log(snakemake.log[0]) as say:
    params = snakemake.params
    results = Path(snakemake.log[0]).parents[1]
    files = find_leftovers(results, params.made, params.variants, params.seeds)
    say(f"Deleting {len(files):,} files" if files else f"{results} has nothing to delete")
    for path in files:
        print(path)
    delete(files, results)
