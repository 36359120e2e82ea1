# In the order of run_files.
RUNS = [(variant, seed) for variant in VARIANTS for seed in SEEDS]
JOB_COSTS = {
    f"{rule} {variant} seed {seed}": BENCHMARKS / rule / f"{variant}-seed-{seed}.tsv"
    for rule in ("train", "misclassified")
    for variant, seed in RUNS
}
FIGURES = ["loss", "accuracy", "final_accuracy", "augmentation"]
FIGURES += [f"curves_{variant}" for variant in VARIANTS]
FIGURES += ["worked_example_layer_n", "worked_example_layer_n_plus_1"]
CLAIMED = {claim["metric"] for claim in STUDY["claims"]}
FIGURES += ["seed_dots"] if CLAIMED and len(SEEDS) > 1 else []
FIGURES += ["forest_nats"] if "test_loss" in CLAIMED else []
FIGURES += ["forest_points"] if CLAIMED - {"test_loss"} else []
FIGURES += ["batch_size"] if study.varies_batch_size(STUDY) else []
FIGURES += ["groups"] if study.varies_groups(STUDY) else []


rule summarize:
    input:
        metrics=run_files("metrics.csv"),
        evaluations=run_files("evaluation.csv"),
        predictions=run_files("predictions.csv"),
        benchmarks=list(JOB_COSTS.values()),
        runs=run_files("provenance.json"),
        checksums=CHECKSUMS,
        data_source=DATA_SOURCE,
        requirements=SOURCE / "requirements.in",
        reference=resource("reference_run"),
        label_issues=resource("label_issues"),
        code=modules(
            *("summary", "provenance", "contrasts", "verdicts", "single_run", "label_doubts")
        ),
    output:
        metrics=RESULTS / "metrics.csv",
        evaluation=RESULTS / "evaluation.csv",
        summary=RESULTS / "summary.csv",
        comparisons=RESULTS / "comparisons.csv",
        single_run=RESULTS / "single_run.csv",
        label_doubts=RESULTS / "label_doubts.csv",
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
        runs=RUNS,
        epochs=[study.run_parameters(STUDY, variant)["epochs"] for variant, _ in RUNS],
        jobs=list(JOB_COSTS),
        sources=str(SOURCE),
    script:
        "../scripts/summarize.py"


rule report:
    input:
        metrics=RESULTS / "metrics.csv",
        evaluation=RESULTS / "evaluation.csv",
        summary=RESULTS / "summary.csv",
        comparisons=RESULTS / "comparisons.csv",
        single_run=RESULTS / "single_run.csv",
        label_doubts=RESULTS / "label_doubts.csv",
        provenance=RESULTS / "provenance.json",
        workbook=RESULTS / "normalization_example.xlsx",
        predictions=run_files("predictions.csv"),
        misclassified=run_files("misclassified.csv"),
        pictures=run_files("misclassified.png"),
        raw=ancient(RAW_FILES),
        reference=resource("reference_run"),
        label_issues=resource("label_issues"),
        notebook=SOURCE / "report" / "report.ipynb",
        template=[
            SOURCE / "report" / "template" / name
            for name in ("index.html.j2", "conf.json", "report.css", "report.js")
        ],
        code=[
            *modules(
                "summary",
                "config",
                "datasets",
                "data",
                "augmentation",
                "streams",
                "model",
                "matrix",
                "contrasts",
                "verdicts",
                "single_run",
                "label_doubts",
                "worked_example",
            ),
            *modules(
                "report/study",
                "report/replicated",
                "report/sentences",
                "report/context",
                "report/tables",
                "report/setup_tables",
                "report/wording",
                "report/figures",
                "report/curves",
                "report/plot",
                "report/page",
                "report/notebook",
                "report/verdict_text",
                "report/verdict_figures",
                "report/batch_size_figure",
                "report/groups_figure",
                "report/worked_figure",
            ),
        ],
    output:
        notebook=RESULTS / "report.ipynb",
        page=RESULTS / "report.html",
        figures=expand(
            RESULTS / "figures" / "{name}.{extension}", name=FIGURES, extension=("png", "svg")
        ),
    log:
        LOGS / "report.log",
    benchmark:
        BENCHMARKS / "report.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        failed=str(LOGS / "report-failed.ipynb"),
    script:
        "../scripts/report.py"


rule worked_example:
    input:
        code=modules("workbook", "worked_example", "model"),
    output:
        RESULTS / "normalization_example.xlsx",
    log:
        LOGS / "worked_example.log",
    benchmark:
        BENCHMARKS / "worked_example.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=5,
    script:
        "../scripts/worked_example.py"
