"""The names that a person can ask Snakemake for, and those that results are filed under."""

from typing import NamedTuple


class Words(NamedTuple):
    """The messages about a rule; braces hold wildcards, the dataset's name, a number of runs."""

    doing: str
    done: str
    result: str = ""  # what to call what it makes
    code: str = ""  # and what it is made by
    again: str = ""  # what becomes of results that are there


RULES = {
    "download": Words(
        doing="Getting {dataset}",
        done="Got {dataset}",
        result="The data",
        again="fetches the data again",
    ),
    "train": Words(
        doing="Training {variant}, seed {seed}",
        done="Trained {variant}, seed {seed}",
        result="The run",
        code="the training code",
        again="retrains {runs} and replaces {their} results",
    ),
    "misclassified": Words(
        doing="Evaluating {variant}, seed {seed}",
        done="Evaluated {variant}, seed {seed}",
        result="The evaluation",
        code="the code of the evaluation",
        again="evaluates {runs} again",
    ),
    "look": Words(
        doing="Judging the claims at {look} seeds",
        done="Judged the claims at {look} seeds",
        result="The look",
        code="the code of the verdicts",
        again="judges the claims again",
    ),
    "summarize": Words(
        doing="Putting the tables of all runs together",
        done="Put the tables of all runs together",
        result="The tables",
        code="the code of the tables",
        again="puts the tables together again",
    ),
    "worked_example": Words(
        doing="Making the spreadsheet of the worked example",
        done="Made the spreadsheet of the worked example",
        result="The spreadsheet",
        code="the code of the worked example",
        again="makes its spreadsheet again",
    ),
    "report": Words(
        doing="Making the report",
        done="Made the report",
        result="The report",
        code="the code of the report",
        again="makes the report again",
    ),
    "export": Words(
        doing="Exporting {variant}, seed {seed}",
        done="Exported {variant}, seed {seed}",
        result="The program",
        code="the code of exports",
        again="exports {runs} again",
    ),
    "model_cards": Words(
        doing="Writing the model cards",
        done="Wrote the model cards",
        result="The model cards",
        code="the code of the model cards",
        again="writes the model cards again",
    ),
    "crate": Words(
        doing="Packing the study into a crate",
        done="Packed the study into a crate",
        result="The crate",
        code="the code of the crate",
        again="packs the crate again",
    ),
    "compare": Words(
        doing="Setting the studies side by side",
        done="Set the studies side by side",
        result="The comparison",
        code="the code of the comparison",
        again="sets the studies side by side again",
    ),
    "prune": Words(doing="Pruning the results", done="Pruned the results"),
}
FOLDERS = ("benchmarks", "figures", "logs", "looks", "resume")  # of results/, beside the variants'
# What no variant may be called: its name is a target and a folder too.
RESERVED = frozenset({"all", *RULES, *FOLDERS})
