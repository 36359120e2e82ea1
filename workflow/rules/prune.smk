# Every file that is written for a run or a variant, whatever asked for it.
OF_RUNS = [
    *(
        str(path)
        for made in (rules.train, rules.misclassified, rules.export)
        for path in (*made.output, *made.log, made.benchmark)
    ),
    *(
        placed(path)
        for path in (
            LOGS / "train" / "{variant}-seed-{seed}.jsonl",
            LOGS / "train" / "{variant}-seed-{seed}.metrics.csv",
            RESUME / "{variant}-seed-{seed}.pt",
            RESULTS / "{variant}" / "model-card.md",
        )
    ),
]


# With -n it lists what it would delete.
rule prune:
    log:
        LOGS / "prune.log",
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=500,
        runtime=5,
    params:
        patterns=lambda wildcards: OF_RUNS,
        variants=VARIANTS,
        seeds=SEEDS,
        results=placed(RESULTS),
    script:
        "../scripts/prune.py"
