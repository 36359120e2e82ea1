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
        metrics=shown(RESULTS / "metrics.csv", "Tables", "Every epoch of every run", "metrics"),
        curves=shown(RESULTS / "curves.csv", "Tables", "Every epoch over the seeds", "epoch_means"),
        evaluation=shown(RESULTS / "evaluation.csv", "Tables", "Finished networks", "evaluation"),
        runs=shown(RESULTS / "runs.csv", "Tables", "Every run after its last epoch", "runs"),
        summary=shown(RESULTS / "summary.csv", "Tables", "Summary of each model", "summary"),
        comparisons=shown(
            RESULTS / "comparisons.csv", "Tables", "Claims against each rival", "comparisons"
        ),
        differences=shown(
            RESULTS / "differences.csv", "Tables", "Paired differences", "differences"
        ),
        claims=shown(RESULTS / "claims.csv", "Tables", "Claims and verdicts", "claims"),
        single_run=shown(
            RESULTS / "single_run.csv", "Tables", "Single runs against each other", "single_run"
        ),
        label_doubts=shown(
            RESULTS / "label_doubts.csv", "Tables", "Accuracy with disputed labels", "label_doubts"
        ),
        shared_errors=shown(
            RESULTS / "shared_errors.csv", "Tables", "Misclassified images", "shared_errors"
        ),
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
