"""What the normalizations are called, and what a reader should know about them."""

from ...config.resolved import group_setting
from ..study import Study
from .wording import capital, listing

NORM_NAMES = {
    "batch": "Batch",
    "layer": "Layer",
    "group": "Group",
    "instance": "Instance",
    "channel_layer": "Channel Layer",
    "rms": "Root Mean Square",
}


def norm_name(norm: str) -> str:
    """What a normalization is called before the word Normalization, also one of the user's own."""
    return NORM_NAMES.get(norm, capital(norm.replace("_", " ")))


def norms(study: Study) -> list[str]:
    """The kinds of normalization in use, in the order of the config."""
    return list(dict.fromkeys(study.recipes[variant]["norm"] for variant in study.labels))


def title(study: Study) -> str:
    """The normalizations compared and the dataset."""
    names = [norm_name(norm) for norm in norms(study) if norm != "none"]
    what = f"{listing(names)} Normalization" if names else "A network without normalization"
    return f"{what} on {study.config['dataset']['name']}"


INSTANCE_NOTE = (
    "If each channel of an image is normalized separately (Instance Normalization, or groups of"
    " one channel), this network cannot learn: its last layer averages each channel over all"
    " positions, and after such a normalization that average is the learned offset for every image."
)


def normalization_notes(study: Study) -> list[str]:
    """What a reader should know about the normalizations in use."""
    used = norms(study)
    notes = []
    if "batch" in used:
        notes.append(
            "In training, Batch Normalization mixes the images of a batch. In evaluation it uses"
            " running averages of the means and variances instead, so an image's result does not"
            " depend on the other images."
        )
    if "layer" in used:
        notes.append(
            "Layer Normalization here is Group Normalization with one group"
            f"{', as in the original' if study.reference is not None else ''}: a factor and"
            " an offset per channel. PyTorch's LayerNorm over (C, H, W) has the"
            " same means and variances but a factor and an offset per activation, and the LayerNorm"
            " of ConvNeXt-style networks averages over the channels alone."
        )
    variants = study.config["variants"].values()
    if any(group_setting(variant) == ("channels_per_group", 1) for variant in variants):
        notes.append(INSTANCE_NOTE)
    if "channel_layer" in used:
        notes.append(
            "Channel Layer Normalization is that of ConvNeXt-style networks: each position of an"
            " image has its own mean and variance, taken over its channels."
        )
    if "rms" in used:
        notes.append(
            "Root Mean Square Normalization uses 0 as the mean, so the variance is the mean square"
            " (Zhang and Sennrich 2019). Its authors use no offset; here it has one, like the"
            " others."
        )
    if "none" in used:
        notes.append("The variant without normalization leaves the activations as they are.")
    return notes
