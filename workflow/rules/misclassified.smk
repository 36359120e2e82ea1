rule misclassified:
    input:
        checksums=listing,
        raw=ancient(RAW_FILES),
        checkpoint=RUN / "checkpoint.pt",
        run=RUN / "provenance.json",  # other data may give the same network, not the same errors
        label_issues=resource("label_issues"),
    output:
        predictions=RUN / "predictions.csv",
        evaluation=RUN / "evaluation.csv",
        misclassified=RUN / "misclassified.csv",
        picture=reported(
            RUN / "misclassified.png",
            "Misclassified images",
            lambda wildcards: {"Model": STUDY.labels[wildcards.variant], "Seed": wildcards.seed},
            "misclassified",
        ),
    log:
        LOGS / "misclassified" / "{variant}-seed-{seed}.log",
    benchmark:
        BENCHMARKS / "misclassified" / "{variant}-seed-{seed}.tsv"
    conda:
        "../envs/jobs.yaml"
    resources:
        mem_mb=lambda wildcards, attempt: 1500 * attempt,
        runtime=lambda wildcards, attempt: 20 * attempt,
    params:
        code=code("evaluation", "network", "data/idx"),
        label=lambda wildcards: STUDY.labels[wildcards.variant],
        classes=STUDY.dataset_facts.classes,
        shown=STUDY.misclassified.model_dump(),
    message:
        "Evaluate {wildcards.variant}, seed {wildcards.seed}"
    script:
        "../scripts/misclassified.py"
