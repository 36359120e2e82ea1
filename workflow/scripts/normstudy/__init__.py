"""The science of the study, importable without Snakemake."""
