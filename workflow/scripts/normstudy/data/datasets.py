"""The facts of the known datasets: their checksums, classes and constants.

Their names are torchvision's.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class DatasetFacts:
    """What a dataset of 28×28 grey images is known by."""

    classes: tuple[str, ...]  # names, in the order of the labels 0, 1, …
    noun: str  # what an image shows
    mean: float | None = None  # of the training pixels scaled to 0…1: the input is (x − mean)/std;
    std: float | None = None  # None: computed of the training images that are used
    # Of the raw (not gzipped) files. Where it is not known the archives are checked by the MD5
    # that torchvision knows, and the listing beside the files records what was found.
    sha256: dict[str, str] = field(default_factory=dict)
    archives: dict[str, str] = field(default_factory=dict)  # file -> archive, where named otherwise
    attribution: str = ""
    train_images: int = 60_000
    test_images: int = 10_000


DIGITS = tuple("0123456789")

DATASETS = {
    "MNIST": DatasetFacts(
        classes=DIGITS,
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
    "FashionMNIST": DatasetFacts(
        classes=(
            *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"),
            *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
        ),
        noun="article",
        mean=0.2860,
        std=0.3530,
        sha256={
            "train-images-idx3-ubyte": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
            "train-labels-idx1-ubyte": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
            "t10k-images-idx3-ubyte": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
            "t10k-labels-idx1-ubyte": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
        },
        attribution="Fashion-MNIST © Zalando SE, MIT licence (Xiao, Rasul and Vollgraf 2017)",
    ),
    "KMNIST": DatasetFacts(
        classes=("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
        noun="character",
        attribution=(
            "KMNIST Dataset (created by CODH), adapted from Kuzushiji Dataset (created by NIJL and"
            " others), doi:10.20676/00000341, CC BY-SA 4.0"
        ),
    ),
    "QMNIST": DatasetFacts(
        classes=DIGITS,
        noun="digit",
        archives={  # the test set is all 60,000 images: the first 10,000 are those of MNIST
            "train-images-idx3-ubyte": "qmnist-train-images-idx3-ubyte",
            "train-labels-idx1-ubyte": "qmnist-train-labels-idx2-int",
            "t10k-images-idx3-ubyte": "qmnist-test-images-idx3-ubyte",
            "t10k-labels-idx1-ubyte": "qmnist-test-labels-idx2-int",
        },
        test_images=60_000,
        attribution=(
            "QMNIST (Yadav and Bottou 2019) © Facebook, Inc., BSD licence, made from the NIST"
            " Special Database 19"
        ),
    ),
}
