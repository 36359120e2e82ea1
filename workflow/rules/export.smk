# What people ask for and `all` does not make: see the README.
from normstudy.exports.project_files import project_files


rule export:
    input:
        checkpoint=RUN / "checkpoint.pt",
        checksums=CHECKSUMS,
        raw=ancient(RAW_FILES),
    output:
        RUN / "model.pt2",
    log:
        LOGS / "export" / "{variant}-seed-{seed}.log",
    benchmark:
        BENCHMARKS / "export" / "{variant}-seed-{seed}.tsv"
    conda:
        "../envs/jobs.yaml"
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        code=code("exports/program", "network", "data/idx"),
    message:
        "Export {wildcards.variant}, seed {wildcards.seed}"
    script:
        "../scripts/export.py"


rule model_cards:
    input:
        summary=layout.table(RESULTS, "summary"),
        evaluation=layout.table(RESULTS, "evaluation"),
        provenance=RESULTS / "provenance.json",
        template=source("workflow/resources/model_card.md.j2"),
    output:
        expand(RESULTS / "{variant}" / "model-card.md", variant=VARIANTS),
    log:
        LOGS / "model_cards.log",
    benchmark:
        BENCHMARKS / "model_cards.tsv"
    localrule: True
    conda:
        "../envs/jobs.yaml"
    params:
        code=code("exports/model_card", "statistics", "network"),
        variants=VARIANTS,
    message:
        "Write the model cards"
    script:
        "../scripts/model_cards.py"


rule crate:
    input:
        provenance=RESULTS / "provenance.json",
        results=[
            *rules.report.output,
            *(path for path in rules.summarize.output if Path(path).suffix == ".csv"),
            rules.summarize.output.package,
            *rules.worked_example.output,
        ],
        checkpoints=run_files("checkpoint.pt"),
        predictions=run_files("predictions.csv"),
        workflow=lambda wildcards: [source(path) for path in project_files(SOURCE)],
    output:
        RESULTS / "study-crate.zip",
    log:
        LOGS / "crate.log",
    benchmark:
        BENCHMARKS / "crate.tsv"
    localrule: True
    conda:
        "../envs/jobs.yaml"
    params:
        code=code("exports/crate"),
        title=TITLE,
        project=str(SOURCE),
    message:
        "Pack the study into a crate"
    script:
        "../scripts/crate.py"


# Of studies as they are: none of them is brought up to date.
rule compare:
    input:
        template=source("report/template/compare.html.j2"),
    output:
        RESULTS / "side-by-side.html",
    log:
        LOGS / "compare.log",
    benchmark:
        BENCHMARKS / "compare.tsv"
    localrule: True
    conda:
        "../envs/jobs.yaml"
    params:
        code=code("report", "example", "evaluation", "statistics"),
        folders=lambda wildcards: [str(folder) for folder in compared(wildcards)],
        tables=lambda wildcards: [  # of this moment
            path.stat().st_mtime_ns
            for folder in compared(wildcards)
            for path in folder.glob("provenance.json")
        ],
    message:
        "Compare the studies"
    script:
        "../scripts/compare.py"


# Of anyone's runs, which no rule makes.
rule judge:
    input:
        unpack(judged),
        template=source("report/template/judge.html.j2"),
    output:
        page=RESULTS / "verdicts.html",
        numbers=RESULTS / "verdicts.csv",
    log:
        LOGS / "judge.log",
    benchmark:
        BENCHMARKS / "judge.tsv"
    localrule: True
    conda:
        "../envs/jobs.yaml"
    params:
        code=code("judge", "report", "example", "evaluation", "statistics"),
    message:
        "Judge the runs"
    script:
        "../scripts/judge.py"
