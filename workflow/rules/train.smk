# The state after each epoch, from which an interrupted run resumes, is no output: Snakemake would
# delete it with a failed job. Rule misclassified deletes it: only then is this job known to be done.
rule train:
    input:
        # It says whether the data changed; the age of the files themselves says nothing.
        checksums=listing,
        raw=ancient(RAW_FILES),
    output:
        # The network alone is kept: that the others are missing says that it is to be replaced.
        checkpoint=kept(RUN / "checkpoint.pt"),
        metrics=RUN / "metrics.csv",
        provenance=RUN / "provenance.json",
    log:
        LOGS / "train" / "{variant}-seed-{seed}.log",
    benchmark:
        BENCHMARKS / "train" / "{variant}-seed-{seed}.tsv"
    priority: lambda wildcards: STUDY.cost(wildcards.variant)  # longest jobs first
    conda:
        "../envs/jobs.yaml"
    resources:
        mem_mb=lambda wildcards, attempt: 1500 * attempt,
        # Minutes, some ten times what it takes on one core of an AMD EPYC.
        runtime=lambda wildcards, attempt: (10 + STUDY.cost(wildcards.variant) // 1000) * attempt,
        gpu=lambda wildcards: int(STUDY.run_parameters(wildcards.variant)["device"] == "cuda"),
    params:
        code=code("network", "data/idx"),
        recipe=lambda wildcards: STUDY.run_parameters(wildcards.variant),
    message:
        "Train {wildcards.variant}, seed {wildcards.seed}"
    script:
        "../scripts/train.py"
