from normstudy.config.figures import report_figures

FIGURES = report_figures(STUDY, original=bool(resource("reference_run")))


rule report:
    input:
        **{name: layout.table(RESULTS, name) for name in STUDY_TABLES},
        looks=RESULTS / "looks.json",
        provenance=RESULTS / "provenance.json",
        workbook=RESULTS / "normalization_example.xlsx",
        network=layout.table(RESULTS, "network"),
        augmented=RESULTS / layout.TABLES / "augmented.npz",
        run_metrics=run_files("metrics.csv"),
        misclassified=run_files("misclassified.csv"),
        predictions=run_files("predictions.csv"),
        raw=ancient(RAW_FILES),
        reference=resource("reference_run"),
        label_issues=resource("label_issues"),
        published=resource("published_verdicts"),
        notebook=source("report/report.ipynb"),
        template=lambda wildcards: [
            source(f"report/template/{path.name}")
            for path in sorted((SOURCE / "report" / "template").iterdir())
        ],
    output:
        # Where a cell that was changed fails, the last report stays; without its figures, which
        # Snakemake deletes, the next command makes it anew.
        notebook=kept(RESULTS / "report.ipynb"),
        page=kept(reported(RESULTS / "report.html", "Report", "The report", "report")),
        figures=[
            reported(RESULTS / "figures" / f"{name}.svg", "Figures", label, caption)
            for name, (label, caption) in FIGURES.items()
        ],
        bitmaps=expand(RESULTS / "figures" / "{name}.png", name=FIGURES),
    log:
        LOGS / "report.log",
    benchmark:
        BENCHMARKS / "report.tsv"
    localrule: True
    conda:
        "../envs/jobs.yaml"
    params:
        code=code("report", "example", "evaluation", "statistics", "network", "records/tables"),
        labels=STUDY.labels,
        classes=STUDY.dataset_facts.classes,
        test_images=STUDY.dataset.test_images,
        shown=STUDY.misclassified.count,
    message:
        "Make the report"
    script:
        "../scripts/report.py"


rule slides:
    input:
        notebook=RESULTS / "report.ipynb",
    output:
        directory(RESULTS / "slides"),
    log:
        LOGS / "slides.log",
    benchmark:
        BENCHMARKS / "slides.tsv"
    localrule: True
    conda:
        "../envs/jobs.yaml"
    message:
        "Draw the figures for a lecture"
    script:
        "../scripts/slides.py"


rule worked_example:
    input:
        checksums=CHECKSUMS,
        raw=ancient(RAW_FILES),
    output:
        workbook=reported(
            RESULTS / "normalization_example.xlsx",
            "Report",
            "Worked example, with formulas",
            "workbook",
        ),
        network=layout.table(RESULTS, "network"),
        augmented=RESULTS / layout.TABLES / "augmented.npz",
    log:
        LOGS / "worked_example.log",
    benchmark:
        BENCHMARKS / "worked_example.tsv"
    localrule: True
    conda:
        "../envs/jobs.yaml"
    params:
        code=code("example", "network", "data/idx"),
        networks={
            variant: {
                key: OF_TABLES.run_parameters(variant)[key]
                for key in ("norm", "norm_options", "dropout", "num_classes")
            }
            for variant in OF_TABLES.variants
        },
        classes=len(STUDY.dataset_facts.classes),
        train_images=STUDY.dataset.train_images,
        augmentation={
            key: getattr(STUDY.training, key)
            for key in ("rotation_degrees", "brightness", "contrast")
        },
        seed=SEEDS[0],
    message:
        "Make the worked example"
    script:
        "../scripts/worked_example.py"
