"""`seeds: until decided`: from look to look only what an undecided claim still needs is trained.

The last look is no checkpoint: whatever it says, nothing is trained after it.
"""

from normstudy.records.json_records import LookRecord
from normstudy.statistics.verdicts import until_decided

LOOKS = STUDY.looks
LOOK = RESULTS / "looks" / "{look}.json"


def looks_taken(before=None):
    """The records of the looks, up to the one `before` which it is asked; else all but the last.

    Snakemake takes a look that is missing, and asks again.
    """
    taken = []
    for look in LOOKS[: LOOKS.index(before) if before else -1]:
        taken.append(checkpoints.look.get(look=look).output[0])
        with taken[-1].open():  # where results are in storage, this fetches it
            pass
        with one_sentence():
            if not LookRecord.read(taken[-1]).still_needed:
                break
    return taken


def runs_after(looks):
    """The runs that these looks call for, up to the first that is not taken."""
    further = []
    with suppress(StudyError):
        for look in looks:
            further.append(LookRecord.read(look).still_needed)
    return until_decided.runs(VARIANTS, SEEDS, LOOKS, further)


def runs_so_far():
    """The runs that the looks taken until now call for. Takes none: so `gn` trains only gn."""
    return runs_after(str(LOOK).format(look=n) for n in LOOKS[:-1]) if STUDY.until_decided else RUNS


def at_look(name):
    """A file of each run that a look is taken at."""
    return lambda wildcards: paths_of(RUN / name, runs_after(looks_taken(int(wildcards.look))))


if STUDY.until_decided:

    checkpoint look:
        input:
            metrics=at_look("metrics.csv"),
            evaluations=at_look("evaluation.csv"),
            runs=at_look("provenance.json"),
        output:
            LOOK,
        log:
            LOGS / "looks" / "{look}.log",
        benchmark:
            BENCHMARKS / "looks" / "{look}.tsv"
        wildcard_constraints:
            look="|".join(map(str, LOOKS[:-1])),
        localrule: True
        conda:
            "../envs/jobs.yaml"
        params:
            code=code("statistics"),
            runs=lambda wildcards: runs_after(looks_taken(int(wildcards.look))),
            seeds=SEEDS,
            claims=[claim.model_dump() for claim in STUDY.claims],
            verdicts=STUDY.verdicts.model_dump(),
        message:
            "Judge the claims at {wildcards.look} seeds"
        script:
            "../scripts/look.py"
