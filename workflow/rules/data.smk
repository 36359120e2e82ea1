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
