# Where the data are looked for (dataset.source) is read from snakemake.config, not a param: data
# that are here and verified need not be fetched again because they could come from elsewhere.
rule download:
    input:
        source_files,
    output:
        # What is there already is verified, not fetched again; another study may be reading it.
        raw=list(map(kept, RAW_FILES)),
        checksums=kept(CHECKSUMS),
        # Apart from the checksums, which decide what is trained again: where a file came from
        # does not.
        source=kept(DATA_SOURCE),
    log:
        LOGS / "download.log",
    benchmark:
        BENCHMARKS / "download.tsv"
    localrule: True
    conda:
        "../envs/jobs.yaml"
    params:
        dataset=DATASET,
        sha256=lambda wildcards: data_sha256(),
    message:
        f"Get {DATASET}"
    script:
        "../scripts/download.py"
