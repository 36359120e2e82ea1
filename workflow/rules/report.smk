JOB_COSTS = {
    f"{rule} {variant} seed {seed}": BENCHMARKS / rule / f"{variant}-seed-{seed}.tsv"
    for rule in ("train", "misclassified")
    for variant in VARIANTS
    for seed in SEEDS
}


rule summarize:
    input:
        metrics=run_files("metrics.csv"),
        evaluations=run_files("evaluation.csv"),
        benchmarks=list(JOB_COSTS.values()),
        checksums=CHECKSUMS,
        reference=resource("reference_run"),
        code=modules("summary", "provenance"),
    output:
        metrics=RESULTS / "metrics.csv",
        evaluation=RESULTS / "evaluation.csv",
        summary=RESULTS / "summary.csv",
        provenance=RESULTS / "provenance.json",
    log:
        LOGS / "summarize.log",
    benchmark:
        BENCHMARKS / "summarize.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        study=STUDY,
        jobs=list(JOB_COSTS),
        sources=str(SOURCE),
    script:
        "../scripts/summarize.py"
