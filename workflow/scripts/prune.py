"""Rule prune: delete the results of runs that are no longer in the config."""

import sys

sys.path.insert(0, snakemake.scriptdir)  # this project's package and no other

from pathlib import Path

from normstudy.running.job_log import job_log
from normstudy.running.leftovers import delete, find_leftovers

with job_log(snakemake.log[0]) as say:
    params = snakemake.params
    leftovers = find_leftovers(params.patterns, params.variants, params.seeds)
    if leftovers.files:
        say(f"Deleting {leftovers}")
    else:
        say(f"Nothing to delete: {params.results} has no runs but those of the config")
    for path in leftovers.files:
        print(path)
    delete(leftovers.files, Path(params.results))
