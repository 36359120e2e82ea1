"""The science of the workflow, importable without Snakemake. This is the map of its rooms.

A module may import from its own room and from the rooms above it, never from one below.
"""

ROOMS = {
    "errors": "the error that is shown without a traceback",
    "records": "what is written down: tables, records, files written whole or not at all",
    "running": "how jobs run: locks, logs, progress, the digest of a rule's code",
    "data": "the images: known datasets, fetching and verifying them, the IDX format",
    "config": "what a study asks for: reading, checking and completing its config",
    "statistics": "what may be concluded: all tables of a study, intervals, verdicts, exact tests",
    "network": "what is trained, and how: model, augmentation, training, checkpoints",
    "evaluation": "what a trained network predicts, and the picture of what it gets wrong",
    "example": "the worked normalization example: its arithmetic and its spreadsheet",
    "exports": "what leaves the study: model cards, the crate, the network as a program",
    "report": "what the report says and shows: figures, tables, text and the page",
    "judge": "verdicts on the runs of any training code: their tables, the claims, the page",
}
