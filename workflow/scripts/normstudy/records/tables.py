"""The tables of a study, the one list of them: columns, and what they hold in a reader's words.

Accuracies are in percent, losses in nats per image, differences variant − rival.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from .metrics import RUN_METRICS

# Kinds of columns: (in words, lowest, highest); anything may stand in the others.
TEXT = ("text", None, None)
WHOLE = ("a whole number", 0, math.inf)
NUMBER = ("a number", -math.inf, math.inf)
POSITIVE = ("a number from 0", 0, math.inf)
PERCENT = ("a number from 0 to 100", 0, 100)
SHARE = ("a number from 0 to 1", 0, 1)
ANYTHING = ("anything", None, None)

Columns = Mapping[str, tuple]


def unchecked(*names: str) -> Columns:
    """Columns in which anything may stand."""
    return dict.fromkeys(names, ANYTHING)


# Of a run, in its folder
RUN = {"variant": TEXT, "seed": WHOLE}  # which run a row is of
METRICS = {
    **RUN,
    **{"epoch": WHOLE, "learning_rate": POSITIVE},
    **{"train_loss": POSITIVE, "train_accuracy": PERCENT},
    **{"test_loss": POSITIVE, "test_accuracy": PERCENT},
}
EVALUATION = {
    **RUN,
    **{"split": TEXT, "loss": POSITIVE, "accuracy": PERCENT, "images": WHOLE, "errors": WHOLE},
}
PREDICTIONS = {
    **{"index": WHOLE, "label": WHOLE, "prediction": WHOLE},
    **{"confidence": SHARE, "label_probability": SHARE},
}
MISCLASSIFIED = {**PREDICTIONS, "disputed": ANYTHING}

# network.csv of rule worked_example
NETWORK = {
    **{"variant": TEXT, "block": TEXT, "layers": TEXT, "output": TEXT},
    **{"convolution": WHOLE, "normalization": WHOLE, "norm_about": TEXT},
}

# Of workflow/resources
REFERENCE_RUN = {
    **{"variant": TEXT, "epoch": WHOLE, "train_accuracy": PERCENT},
    **{"test_loss": POSITIVE, "test_accuracy": PERCENT},
}
LABEL_ISSUES = dict.fromkeys(
    (
        *("test_index", "given_label", "suggested_label"),
        *("votes_given", "votes_suggested", "votes_neither"),
    ),
    WHOLE,
)

PUBLISHED_VERDICTS = unchecked(
    *("study", "seeds", "date", "claim", "verdict", "difference ± half of its interval")
)

SEEDS_NEEDED = (  # of what is undecided: see seeds_needed.py
    *("seeds_for_difference_low", "seeds_for_difference_high"),
    *("seeds_for_equivalence_low", "seeds_for_equivalence_high"),
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
        {
            **{"variant": TEXT, "metric": TEXT, "epoch": WHOLE, "seeds": WHOLE},
            **{"mean": POSITIVE, "lowest": POSITIVE, "highest": POSITIVE},
        },
    ),
    "evaluation": StudyTable(
        "Trained networks",
        "each on the training and the test images, in evaluation mode, without augmentation",
        {**EVALUATION, "ci_low": PERCENT, "ci_high": PERCENT},
    ),
    "runs": StudyTable(
        "Every run after its last epoch",
        "accuracies, loss, and the gaps between training and test accuracy",
        {
            **RUN,
            **{name: ("a number", one.lowest, one.highest) for name, one in RUN_METRICS.items()},
            "looks_failed": ANYTHING,
        },
    ),
    "summary": StudyTable(
        "Summary of each model",
        "mean, standard deviation and 95 % interval of each metric, beside the reference",
        {
            **{"variant": TEXT, "metric": TEXT, "seeds": WHOLE, "mean": NUMBER},
            # With one seed there is no deviation, nor an interval.
            **unchecked("standard_deviation", "ci_low", "ci_high", "reference", "difference"),
        },
    ),
    "comparisons": StudyTable(
        "Claims against each rival",
        "mean paired difference, the intervals that decide the verdict, and the verdict",
        unchecked(
            *("claim", "metric"),
            "size",  # whether sizes of means are compared, as of a gap claimed to be small
            *("variant", "rival"),
            "look",  # the number of seeds at which the verdict was read; none before the first look
            "seeds",  # pairs of runs there are, which the estimates are from
            "mean_difference",
            "standard_deviation",  # of the differences, as they are
            # at the look, of level 1 − a: must leave 0 for a difference
            *("ci_low", "ci_high", "ci_level"),
            # at the look, of level 1 − 2a: must lie within the margin for none
            *("equivalence_low", "equivalence_high"),
            "margin",  # the largest difference that does not matter
            "smallest_margin",  # at which "no difference that matters" would still be the verdict
            "verdict",
            # of test_accuracy, of level 1 − 2a: for other seeds and other test images
            *("other_images_low", "other_images_high"),
            *SEEDS_NEEDED,
        ),
    ),
    "differences": StudyTable(
        "Paired differences",
        "the paired difference of each contrast and seed",
        unchecked("claim", "metric", "variant", "rival", "seed", "difference"),
    ),
    "claims": StudyTable(
        "Claims and verdicts",
        "each claim's verdict, what decides it, and at how many seeds it was judged",
        unchecked(
            *("claim", "metric", "variant", "verdict"),
            "deciding_rivals",  # those whose contrast has the claim's verdict, with spaces between
            "look",  # the last number of seeds at which a contrast of the claim was judged
            "next_look",  # where an undecided claim will be judged again, if that is planned
            *SEEDS_NEEDED,
            *("verdict_labels_corrected", "verdict_labels_excluded"),
        ),
    ),
    "single_run": StudyTable(
        "Single runs against each other",
        "McNemar's exact test of two trained networks, with one seed: not of the methods",
        unchecked(
            *("claim", "variant", "rival", "seed", "both_right"),
            *("only_variant_right", "only_rival_right", "both_wrong", "p_value"),
        ),
    ),
    "label_doubts": StudyTable(
        "Accuracy with disputed labels",
        "test accuracy with disputed labels as given, corrected and left out",
        unchecked("variant", "seed", "scoring", "images", "errors", "accuracy"),
    ),
    "shared_errors": StudyTable(
        "Misclassified images",
        "every test image that any run misclassifies, and how many runs predict which wrong class",
        {
            **{"index": WHOLE, "label": WHOLE, "disputed": ANYTHING},
            "errors": WHOLE,  # runs that misclassify the image
            **{"prediction": WHOLE, "runs": WHOLE},  # those of them that predict this class
        },
    ),
}
