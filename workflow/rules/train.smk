rule train:
    input:
        # The listing of checksums, small enough to be compared by content, says whether the
        # data changed; the age of the files themselves says nothing.
        checksums=CHECKSUMS,
        raw=ancient(RAW_FILES),
        code=modules("training", "model", "augmentation", "streams", "evaluation", "data"),
    output:
        metrics=RUN / "metrics.csv",
        checkpoint=RUN / "checkpoint.pt",
    params:
        recipe=lambda wildcards: study.run_parameters(STUDY, wildcards.variant),
    log:
        LOGS / "train" / "{variant}-seed-{seed}.log",
    benchmark:
        BENCHMARKS / "train" / "{variant}-seed-{seed}.tsv"
    threads: 1
    resources:
        mem_mb=1500,
        runtime=120,
    script:
        "../scripts/train.py"
