from normstudy.records.tables import STUDY_TABLES


rule summarize:
    input:
        metrics=run_files("metrics.csv"),
        evaluations=run_files("evaluation.csv"),
        predictions=run_files("predictions.csv"),
        runs=run_files("provenance.json"),
        looks=(lambda wildcards: looks_taken()) if STUDY.until_decided else [],
        # The records of the runs say whether the data changed.
        checksums=ancient(CHECKSUMS),
        data_source=ancient(DATA_SOURCE),
        requirements=source("requirements.in"),
        reference=resource("reference_run"),
        label_issues=resource("label_issues"),
    output:
        **{
            name: report(
                layout.table(RESULTS, name),
                category="Tables",
                labels={"What": table.label, "Content": table.content},
            )
            for name, table in STUDY_TABLES.items()
        },
        # `update`: when verdicts were read before is kept, and the new looks are added.
        looks=update(RESULTS / "looks.json"),
        provenance=RESULTS / "provenance.json",
        package=RESULTS / layout.TABLES / "datapackage.json",
    log:
        LOGS / "summarize.log",
    benchmark:
        BENCHMARKS / "summarize.tsv"
    localrule: True
    conda:
        "../envs/jobs.yaml"
    params:
        code=code("statistics"),
        study=OF_TABLES.model_dump(exclude={"resume"}),
        runs=for_runs(list),
        # Read as they are: as inputs, those that are missing would have finished jobs run again.
        benchmarks=str(BENCHMARKS),
        sources=str(SOURCE),
        title=TITLE,
    message:
        "Combine the tables"
    script:
        "../scripts/summarize.py"
