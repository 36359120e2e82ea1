"""The facts of the known datasets: their files, checksums, classes and constants."""

from dataclasses import dataclass

# split -> (images, labels)
FILES = {
    "train": ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    "test": ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
}
FILE_NAMES = [name for pair in FILES.values() for name in pair]


@dataclass(frozen=True)
class DatasetFacts:
    """What a dataset of 28×28 grey images in ten classes is known by."""

    classes: tuple[str, ...]
    noun: str  # what an image shows
    mean: float  # of the training pixels scaled to 0…1: the input is (x − mean)/std
    std: float
    sha256: dict[str, str]  # of the raw (not gzipped) files
    attribution: str


DATASETS = {
    "MNIST": DatasetFacts(
        classes=tuple("0123456789"),
        noun="digit",
        mean=0.1307,
        std=0.3081,
        sha256={
            "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        },
        attribution="MNIST © Yann LeCun and Corinna Cortes, CC BY-SA 3.0",
    ),
}
