"""`seeds: until decided`: from look to look only what an undecided claim still needs is trained.

The last look is no checkpoint: whatever it says, nothing is trained after it.
"""

from normstudy.records.json_records import LookRecord
from normstudy.statistics.verdicts import until_decided

LOOKS = STUDY.looks
LOOK = RESULTS / "looks" / "{look}.json"


def still_needed(record):
    """The variants that go on after a look, from its record."""
    return LookRecord.read(str(record)).still_needed


def gone_on(before=None):
    """The variants that went on after each look, up to the one `before` which it is asked."""
    further = []
    for look in LOOKS[: LOOKS.index(before) if before else -1]:
        record = checkpoints.look.get(look=look).output[0]
        with record.open():  # where results are in storage, Snakemake fetches it and asks again
            pass
        with one_sentence():
            further.append(still_needed(record))
        if not further[-1]:
            break
    return further


def runs_until(look=None):
    """The runs that a look is taken at; without one, all runs of the study."""
    return until_decided.runs(VARIANTS, SEEDS, LOOKS, gone_on(look))


def runs_so_far():
    """The runs that the looks taken until now call for. Takes none: so `gn` trains only gn."""
    if not STUDY.until_decided:
        return RUNS
    further = []
    with suppress(StudyError):  # not taken, or to be taken again
        for look in LOOKS[:-1]:
            further.append(still_needed(str(LOOK).format(look=look)))
    return until_decided.runs(VARIANTS, SEEDS, LOOKS, further)


def at_look(name):
    """A file of each run that a look is taken at."""
    return lambda wildcards: paths_of(RUN / name, runs_until(int(wildcards.look)))


def looks_taken(wildcards):
    """The records of all looks but the last, as far as there are any."""
    return [checkpoints.look.get(look=look).output[0] for look, _ in zip(LOOKS, gone_on())]


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
            runs=lambda wildcards: runs_until(int(wildcards.look)),
            seeds=SEEDS,
            claims=[claim.model_dump() for claim in STUDY.claims],
            verdicts=STUDY.verdicts.model_dump(),
        message:
            "Judging the claims at {wildcards.look} seeds"
        script:
            "../scripts/look.py"
