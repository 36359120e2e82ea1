TABLES = {
    "metrics": "Every epoch of every run",
    "evaluation": "Finished networks",
    "runs": "Every run after its last epoch",
    "summary": "Summary of each model",
    "comparisons": "Claims against each rival",
    "differences": "Paired differences",
    "claims": "Claims and verdicts",
    "single_run": "Single runs against each other",
    "label_doubts": "Accuracy with disputed labels",
    "shared_errors": "Misclassified images",
}


rule summarize:
    input:
        metrics=run_files("metrics.csv"),
        evaluations=run_files("evaluation.csv"),
        predictions=run_files("predictions.csv"),
        benchmarks=for_runs(lambda runs: [*job_costs(runs).values()]),
        runs=run_files("provenance.json"),
        looks=looks_taken if UNTIL_DECIDED else [],
        checksums=CHECKSUMS,
        data_source=DATA_SOURCE,
        requirements=source("requirements.in"),
        reference=resource("reference_run"),
        label_issues=resource("label_issues"),
    output:
        **{
            name: shown(RESULTS / f"{name}.csv", "Tables", label, name)
            for name, label in TABLES.items()
        },
        curves=shown(RESULTS / "curves.csv", "Tables", "Every epoch over the seeds", "epoch_means"),
        # `update`: when verdicts were read before is kept, and the new looks are added.
        looks=update(RESULTS / "looks.json"),
        provenance=RESULTS / "provenance.json",
    log:
        LOGS / "summarize.log",
    benchmark:
        BENCHMARKS / "summarize.tsv"
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=code("summarize"),
        study={key: value for key, value in STUDY.items() if key != "resume"},
        runs=for_runs(list),
        jobs=for_runs(lambda runs: [*job_costs(runs)]),
        sources=str(SOURCE),
        plan=placed(PLAN),
    script:
        "../scripts/summarize.py"
