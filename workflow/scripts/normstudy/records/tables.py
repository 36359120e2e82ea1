"""The tables of a study, the one list of them: columns, and what they hold in a reader's words.

Accuracies are in percent, losses in nats per image, differences variant − rival.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from .metrics import RUN_METRICS


class Kind(NamedTuple):
    """What stands in a column: in words, and as a Table Schema has it."""

    words: str
    type: str  # string, boolean, integer or number
    lowest: float = -math.inf
    highest: float = math.inf
    unit: str = ""
    required: bool = True  # whether no cell may be empty


OF_METRIC = "that of `metric`"
KINDS = {
    "text": Kind("text", "string"),
    "truth": Kind("True or False", "boolean"),
    "whole": Kind("a whole number", "integer", 0),
    "positive": Kind("a number from 0", "number", 0),
    "loss": Kind("a number from 0", "number", 0, unit="nats per image"),
    "percent": Kind("a number from 0 to 100", "number", 0, 100, "%"),
    "share": Kind("a number from 0 to 1", "number", 0, 1),
    "points": Kind("a number", "number", unit="points"),
    "metric": Kind("a number", "number", unit=OF_METRIC),
    "positive metric": Kind("a number from 0", "number", 0, unit=OF_METRIC),
}
Columns = Mapping[str, Kind]


def columns(text: str) -> dict[str, Kind]:
    """The columns that a text lists: "variant rival: text, look?: whole" are three.

    The cells of one with a question mark may be empty.
    """
    kinds = {}
    for group in text.split(","):
        names, _, kind = group.partition(": ")
        for name in names.split():
            kinds[name.rstrip("?")] = KINDS[kind]._replace(required=name[-1] != "?")
    return kinds


# Of a run, in its folder
RUN = columns("variant: text, seed: whole")  # which run a row is of
METRICS = RUN | columns(
    "epoch: whole, learning_rate: positive, train_loss: loss, train_accuracy: percent,"
    " test_loss: loss, test_accuracy: percent"
)
EVALUATION = RUN | columns("split: text, loss: loss, accuracy: percent, images errors: whole")
PREDICTIONS = columns("index label prediction: whole, confidence label_probability: share")
MISCLASSIFIED = PREDICTIONS | columns("disputed: truth")

# network.csv of rule worked_example
NETWORK = columns(
    "variant block layers output: text, convolution normalization: whole, norm_about: text"
)

# Of workflow/resources
REFERENCE_RUN = columns(
    "variant: text, epoch: whole, train_accuracy: percent, test_loss: loss, test_accuracy: percent"
)
LABEL_ISSUES = columns(
    "test_index given_label suggested_label votes_given votes_suggested votes_neither: whole"
)
PUBLISHED_VERDICTS = columns("study seeds date claim verdict: text") | {
    "difference [interval]": KINDS["text"]
}

SEEDS_NEEDED = columns(  # of what is undecided: see seeds_needed.py
    "seeds_for_difference_low? seeds_for_difference_high?: whole,"
    " seeds_for_equivalence_low? seeds_for_equivalence_high?: whole"
)


@dataclass(frozen=True)
class StudyTable:
    """A table of the whole study, <results>/tables/<name>.csv, made by rule summarize.

    Attributes:
        label: what it is called.
        content: what it holds, in a line.
        columns: their names and kinds.
    """

    label: str
    content: str
    columns: Columns


STUDY_TABLES = {
    "metrics": StudyTable(
        "Every epoch of every run", "learning rate, losses and accuracies", METRICS
    ),
    "curves": StudyTable(
        "Every epoch over the seeds",
        "mean, lowest and highest of each metric by epoch, as the curves show them",
        columns("variant metric: text, epoch seeds: whole, mean lowest highest: positive metric"),
    ),
    "evaluation": StudyTable(
        "Trained networks",
        "each on the training and the test images, in evaluation mode, without augmentation",
        EVALUATION | columns("ci_low ci_high: percent"),
    ),
    "runs": StudyTable(
        "Every run after its last epoch",
        "accuracies, loss, and the gaps between training and test accuracy",
        RUN
        | {
            name: Kind("a number", "number", metric.lowest, metric.highest, metric.unit)
            for name, metric in RUN_METRICS.items()
        }
        | columns("looks_failed: truth"),
    ),
    "summary": StudyTable(
        "Summary of each model",
        "mean, standard deviation and 95 % interval of each metric, beside the reference",
        columns(
            "variant metric: text, seeds: whole, mean: metric,"
            # With one seed there is no deviation, nor an interval.
            " standard_deviation? ci_low? ci_high? reference? difference?: metric"
        ),
    ),
    "comparisons": StudyTable(
        "Claims against each rival",
        "mean paired difference, the intervals that decide the verdict, and the verdict",
        columns(
            "claim metric: text, size: truth,"  # of means is compared: of a gap claimed to be small
            " variant rival: text,"
            " look?: whole,"  # seeds at which the verdict was read; none before the first look
            " seeds: whole,"  # pairs of runs there are, which the estimates are from
            " mean_difference: metric,"
            " standard_deviation?: metric,"  # of the differences, as they are
            # at the look, of level 1 − a: must leave 0 for a difference
            " ci_low? ci_high?: metric, ci_level?: share,"
            # at the look, of level 1 − 2a: must lie within the margin for none
            " equivalence_low? equivalence_high?: metric,"
            " margin: metric,"  # the largest difference that does not matter
            " smallest_margin?: metric,"  # with which the verdict would still be "no difference"
            " verdict: text,"
            # of test_accuracy, of level 1 − 2a: for other seeds and other test images
            " other_images_low? other_images_high?: points"
        )
        | SEEDS_NEEDED,
    ),
    "differences": StudyTable(
        "Paired differences",
        "the paired difference of each contrast and seed",
        columns("claim metric variant rival: text, seed: whole, difference: metric"),
    ),
    "claims": StudyTable(
        "Claims and verdicts",
        "each claim's verdict, what decides it, and at how many seeds it was judged",
        columns(
            "claim metric variant verdict: text,"
            " deciding_rivals: text,"  # whose contrast has the claim's verdict; spaces between
            " look?: whole,"  # the last at which a contrast of the claim was judged
            " next_look?: whole"  # where it will be judged again, if that is planned
        )
        | SEEDS_NEEDED
        | columns("verdict_labels_corrected verdict_labels_excluded: text"),
    ),
    "single_run": StudyTable(
        "Single runs against each other",
        "McNemar's exact test of two trained networks, with one seed: not of the methods",
        columns(
            "claim variant rival: text, seed both_right: whole,"
            " only_variant_right only_rival_right both_wrong: whole, p_value: share"
        ),
    ),
    "label_doubts": StudyTable(
        "Accuracy with disputed labels",
        "test accuracy with disputed labels as given, corrected and left out",
        RUN | columns("scoring: text, images errors: whole, accuracy: percent"),
    ),
    "shared_errors": StudyTable(
        "Misclassified images",
        "every test image that any run misclassifies, and how many runs predict which wrong class",
        columns(
            "index label: whole, disputed: truth,"
            " errors: whole,"  # runs that misclassify the image
            " prediction runs: whole"  # those of them that predict this class
        ),
    ),
}
