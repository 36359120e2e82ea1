"""Which figures a study's report has: known from its config, before anything is run."""

from ..records.metrics import RUN_METRICS
from .study import StudyConfig


def report_figures(study: StudyConfig, original: bool) -> dict[str, tuple[str, str]]:
    """Name of a figure's files → its label and its caption in Snakemake's own report.

    Args:
        original: whether there is a table of the original's runs.
    """
    figures = {
        "test_loss": ("Test loss of all models", "curves"),
        "test_accuracy": ("Test accuracy of all models", "curves"),
        "train_loss": ("Train loss of all models", "curves"),
        "train_accuracy": ("Train accuracy of all models", "curves"),
        "final_accuracy": ("Test accuracy after the last epoch", "final_accuracy"),
    }
    if original:
        figures["original"] = ("The original's curves", "curves")
    figures["augmentation"] = ("Augmented training images", "augmentation")
    figures["network"] = ("The network", "network")
    figures["schedule"] = ("The learning rate's course", "curves")
    for layer in (1, 2):
        figures[f"worked_example_layer_{layer}"] = (
            f"Worked example: layer {layer}",
            "worked_example",
        )
    claimed = dict.fromkeys(claim.metric for claim in study.claims)
    if set(claimed) - {"test_accuracy"} and len(study.all_seeds) > 1:
        figures["seed_dots"] = ("Each seed's figures", "verdicts")
    for unit in dict.fromkeys(RUN_METRICS[metric].difference for metric in claimed):
        figures[f"forest_{unit}"] = (f"Paired differences in {unit}", "verdicts")
    if study.varied("batch_size"):
        figures["batch_size"] = ("Accuracy against batch size", "batch_size")
    if study.varied("max_lr"):
        figures["learning_rate"] = ("Accuracy against learning rate", "learning_rate")
    if study.varies_groups:
        figures["groups"] = ("Accuracy against the number of groups", "groups")
    return figures
