"""Batch, Layer and Group Normalization on MNIST: the map of the workflow.

snakemake --cores 4                  everything, up to results/report.html
snakemake --cores 4 gn               every run of one variant, with its misclassified images
snakemake --cores 4 gn --forceall    again
snakemake -n                         what would run, and why
"""

from snakemake.utils import min_version

min_version("9.20.0")


report: "report/captions/study.rst"


include: "workflow/rules/config.smk"
include: "workflow/rules/common.smk"
include: "workflow/rules/internals.smk"
include: "workflow/rules/looks.smk"
include: "workflow/rules/fetched.smk"
# Rules with `localrule: True` are short or need the network: on a cluster they run on the head node.
include: "workflow/rules/data.smk"
include: "workflow/rules/train.smk"
include: "workflow/rules/misclassified.smk"
include: "workflow/rules/summarize.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/export.smk"
include: "workflow/rules/prune.smk"


# Every result by name: Snakemake does not look behind a file that is there and up to date.
rule all:
    default_target: True
    input:
        rules.report.output,
        rules.summarize.output,
        rules.worked_example.output,
        for_runs(results_of),
    message:
        "Everything"


for variant in VARIANTS:  # snakemake --cores 4 gn

    rule:
        name:
            variant
        input:
            results_of([run for run in runs_so_far() if run[0] == variant]),
        message:
            "All runs of {rule}"


if not IMPORTED:

    include: "workflow/rules/terminal.smk"


onstart:
    with one_sentence():
        begin()


onsuccess:
    say_done()


onerror:
    say_stopped()
