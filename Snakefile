"""Batch, Layer and Group Normalization on MNIST: the map of the workflow.

snakemake --cores 4                  everything, up to results/report.html
snakemake --cores 4 gn               every run of one variant, with its misclassified images
snakemake --cores 4 gn --forceall    again
snakemake -n                         what would run, and why
"""

from snakemake.utils import min_version

min_version("9.0")


report: "report/captions/study.rst"


include: "workflow/rules/config.smk"
include: "workflow/rules/common.smk"
include: "workflow/rules/console.smk"


rule all:
    default_target: True
    input:
        RESULTS / "report.html",


# Rules with `localrule: True` are short or need the network: on a cluster they run on the head node.
include: "workflow/rules/data.smk"
include: "workflow/rules/train.smk"
include: "workflow/rules/misclassified.smk"
include: "workflow/rules/summarize.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/export.smk"


for variant in VARIANTS:  # snakemake --cores 4 gn

    rule:
        name:
            variant
        input:
            run_files("metrics.csv", variant),
            run_files("misclassified.png", variant),


onstart:
    with one_sentence():
        processes.claim(RESULTS)
        plan_runs()


onsuccess:
    discard_states()
    say_done()


onerror:
    discard_states()
    say_stopped()
