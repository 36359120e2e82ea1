# Every file that is written for a run or a variant, whatever asked for it.
OF_RUNS = [
    *(
        str(path)
        for made in (rules.train, rules.misclassified, rules.export)
        for path in made.output
    ),
    *(
        str(LOGS / name / "{variant}-seed-{seed}.log")
        for name in ("train", "misclassified", "export")
    ),
    *(
        str(LOGS / "train" / f"{{variant}}-seed-{{seed}}.{kind}")
        for kind in ("jsonl", "metrics.csv")
    ),
    *(
        str(BENCHMARKS / name / "{variant}-seed-{seed}.tsv")
        for name in ("train", "misclassified", "export")
    ),
    str(RESUME / "{variant}-seed-{seed}.pt"),
    str(RESULTS / "{variant}" / "model-card.md"),
    *(str(RESULTS / "figures" / f"curves_{{variant}}.{kind}") for kind in ("svg", "png")),
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
        patterns=lambda wildcards: [placed(path) for path in OF_RUNS],
        variants=VARIANTS,
        seeds=SEEDS,
        results=placed(RESULTS),
    script:
        "../scripts/prune.py"
