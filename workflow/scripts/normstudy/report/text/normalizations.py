"""What the normalizations are called."""

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


def title(study: Study) -> str:
    """The normalizations compared and the dataset."""
    names = [norm_name(norm) for norm in study.norms if norm != "none"]
    what = f"{listing(names)} Normalization" if names else "A network without normalization"
    return f"{what} on {study.config['dataset']['name']}"
