"""Which figures a study's report has: known from its config, before anything is run."""

from ..records.metrics import METRICS
from .resolved import seeds, varied_batch_sizes, varied_learning_rates, varies_groups


def report_figures(config: dict, original: bool) -> dict[str, tuple[str, str]]:
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
    claimed = dict.fromkeys(claim["metric"] for claim in config["claims"])
    if set(claimed) - {"test_accuracy"} and len(seeds(config)) > 1:
        figures["seed_dots"] = ("Each seed's figures", "verdicts")
    for unit in dict.fromkeys(METRICS[metric].difference for metric in claimed):
        figures[f"forest_{unit}"] = (f"Paired differences in {unit}", "verdicts")
    if varied_batch_sizes(config):
        figures["batch_size"] = ("Accuracy against batch size", "batch_size")
    if varied_learning_rates(config):
        figures["learning_rate"] = ("Accuracy against learning rate", "learning_rate")
    if varies_groups(config):
        figures["groups"] = ("Accuracy against the number of groups", "groups")
    return figures
