"""The names that a person can ask Snakemake for, and those that results are filed under."""

# rule → what its jobs do; in braces its wildcards and the dataset's name
RULES = {
    "download": "Getting {dataset}",
    "train": "Training {variant}, seed {seed}",
    "misclassified": "Evaluating {variant}, seed {seed}",
    "summarize": "Putting the tables of all runs together",
    "worked_example": "Making the spreadsheet of the worked example",
    "report": "Making the report",
    "export": "Exporting {variant}, seed {seed}",
    "model_cards": "Writing the model cards",
    "crate": "Packing the study into a crate",
}
FOLDERS = ("benchmarks", "figures", "logs", "resume")  # of results/, beside the variants' own
# What no variant may be called: its name is a target and a folder too.
RESERVED = frozenset({"all", *RULES, *FOLDERS})
