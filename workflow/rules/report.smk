# In the order of run_files.
RUNS = [(variant, seed) for variant in VARIANTS for seed in SEEDS]
JOB_COSTS = {
    f"{rule} {variant} seed {seed}": BENCHMARKS / rule / f"{variant}-seed-{seed}.tsv"
    for rule in ("train", "misclassified")
    for variant, seed in RUNS
}
CLAIMED = {claim["metric"] for claim in STUDY["claims"]}
# Name of a figure's files: its label and its caption in Snakemake's own report.
FIGURES = {
    "loss": ("Loss of all models", "curves"),
    "accuracy": ("Accuracy of all models", "curves"),
    "final_accuracy": ("Test accuracy after the last epoch", "final_accuracy"),
    **{f"curves_{name}": (f"Curves: {label}", "curves") for name, label in LABELS.items()},
    "augmentation": ("Augmented training images", "augmentation"),
    "worked_example_layer_n": ("Worked example: layer N", "worked_example"),
    "worked_example_layer_n_plus_1": ("Worked example: layer N + 1", "worked_example"),
}
if CLAIMED and len(SEEDS) > 1:
    FIGURES["seed_dots"] = ("Each seed's figures", "verdicts")
if "test_loss" in CLAIMED:
    FIGURES["forest_nats"] = ("Paired differences in loss", "verdicts")
if CLAIMED - {"test_loss"}:
    FIGURES["forest_points"] = ("Paired differences in accuracy", "verdicts")
if study.varied_batch_sizes(STUDY):
    FIGURES["batch_size"] = ("Accuracy against batch size", "batch_size")
if study.varied_learning_rates(STUDY):
    FIGURES["learning_rate"] = ("Accuracy against learning rate", "learning_rate")
if study.varies_groups(STUDY):
    FIGURES["groups"] = ("Accuracy against the number of groups", "groups")


rule summarize:
    input:
        metrics=run_files("metrics.csv"),
        evaluations=run_files("evaluation.csv"),
        predictions=run_files("predictions.csv"),
        benchmarks=list(JOB_COSTS.values()),
        runs=run_files("provenance.json"),
        checksums=CHECKSUMS,
        data_source=DATA_SOURCE,
        requirements=source("requirements.in"),
        reference=resource("reference_run"),
        label_issues=resource("label_issues"),
    output:
        metrics=shown(RESULTS / "metrics.csv", "Tables", "Every epoch of every run", "metrics"),
        evaluation=shown(RESULTS / "evaluation.csv", "Tables", "Finished networks", "evaluation"),
        summary=shown(RESULTS / "summary.csv", "Tables", "Summary of each model", "summary"),
        comparisons=shown(
            RESULTS / "comparisons.csv", "Tables", "Claims and verdicts", "comparisons"
        ),
        single_run=shown(
            RESULTS / "single_run.csv", "Tables", "Single runs against each other", "single_run"
        ),
        label_doubts=shown(
            RESULTS / "label_doubts.csv", "Tables", "Accuracy with disputed labels", "label_doubts"
        ),
        provenance=RESULTS / "provenance.json",
    log:
        LOGS / "summarize.log",
    benchmark:
        BENCHMARKS / "summarize.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=code("summarize"),
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
        misclassified=run_files("misclassified.csv"),
        pictures=expand(RUN / "misclassified.png", variant=VARIANTS, seed=SEEDS[:1]),
        raw=ancient(RAW_FILES),
        reference=resource("reference_run"),
        label_issues=resource("label_issues"),
        notebook=source("report/report.ipynb"),
        template=[
            source(f"report/template/{name}")
            for name in ("index.html.j2", "conf.json", "report.css", "report.js")
        ],
    output:
        notebook=RESULTS / "report.ipynb",
        page=shown(RESULTS / "report.html", "Report", "The report", "report"),
        figures=[
            shown(RESULTS / "figures" / f"{name}.svg", "Figures", label, caption)
            for name, (label, caption) in FIGURES.items()
        ],
        bitmaps=expand(RESULTS / "figures" / "{name}.png", name=FIGURES),
    log:
        LOGS / "report.log",
    benchmark:
        BENCHMARKS / "report.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        code=code("report", notebook="report/report.ipynb", docstrings=True),
        failed=str(LOGS / "report-failed.ipynb"),
    script:
        "../scripts/report.py"


rule worked_example:
    output:
        shown(
            RESULTS / "normalization_example.xlsx",
            "Report",
            "Worked example, with formulas",
            "workbook",
        ),
    log:
        LOGS / "worked_example.log",
    benchmark:
        BENCHMARKS / "worked_example.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=1000,
        runtime=5,
    params:
        code=code("worked_example"),
    script:
        "../scripts/worked_example.py"
