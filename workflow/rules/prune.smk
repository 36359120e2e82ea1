# With -n it lists what it would delete.
rule prune:
    log:
        LOGS / "prune.log",
    localrule: True
    conda:
        "../envs/jobs.yaml"
    params:
        made=[
            Path(path).name
            for made in (rules.train, rules.misclassified, rules.export)
            for path in made.output
        ],
        variants=VARIANTS,
        seeds=SEEDS,
    message:
        "Delete what is left over from an earlier config or version"
    script:
        "../scripts/prune.py"
