SOURCE_FOLDER = STUDY["dataset"]["source"]
with one_sentence():
    CHANGED = (
        changed(DATASET, study.folder(SOURCE_FOLDER), Path(placed(DATA / "raw")))
        if SOURCE_FOLDER and not FACTS.sha256
        else []
    )


def notice_changes(wildcards):
    """No input, but the data are fetched again if their source no longer holds what was fetched.

    By force, not by a param: Snakemake compares params only with those of jobs of this project,
    and the data may have been fetched by another. A function, since there is no plan to change
    before the rules have been read.
    """
    if CHANGED:
        workflow.dag.forcefiles.add(placed(CHECKSUMS))
        if workflow.is_main_process:
            print(
                f"{', '.join(CHANGED)} in {SOURCE_FOLDER} changed since {DATASET} was fetched:"
                " the data are fetched again, and everything made from them is remade.",
                file=sys.stderr,
            )
    return []


# Where the data are looked for (dataset.source) is read from snakemake.config, not a param: data
# that are here and verified need not be fetched again because they could come from elsewhere.
rule download:
    input:
        notice_changes,
    output:
        # `update`: what is there already is verified, not deleted and fetched again; another
        # study may be reading it.
        raw=update(RAW_FILES),
        checksums=update(CHECKSUMS),
        # Apart from the checksums, which decide what is trained again: where a file came from
        # does not. `update`: what is known of files that stay is kept.
        source=update(DATA_SOURCE),
    log:
        LOGS / "download.log",
    benchmark:
        BENCHMARKS / "download.tsv"
    retries: 0 if SOURCE_FOLDER else 1  # a network may be back, a missing folder is not
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        dataset=DATASET,
        sha256=FACTS.sha256,
    script:
        "../scripts/download.py"
