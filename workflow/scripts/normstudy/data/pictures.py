"""A folder of pictures per class as a dataset: python -m normstudy.data.pictures FROM TO.

FROM has the folders `train` and `test`, each with a folder per class: train/a/1.png. TO gets the
four files of a dataset.
"""

import re
import sys
from pathlib import Path

import numpy as np
import yaml
from PIL import Image

from ..errors import StudyError
from .idx import FILES, Split
from .write_idx import write_split

SIZE = 28


def convert(source: Path, target: Path) -> list[str]:
    """Write the four IDX files of a folder of pictures; returns the classes in order of labels.

    Pictures are made grey and scaled to 28×28.

    Raises:
        StudyError: a split has no pictures or lacks a class, or a file is no picture.
    """
    folders = {split: [path.name for path in _entries(source / split)] for split in FILES}
    classes = folders["train"]
    if different := sorted({*classes} ^ {*folders["test"]}):
        raise StudyError(f"{source}: only one of train and test has {', '.join(different)}")
    for split in FILES:
        paths = [_entries(source / split / name) for name in classes]
        images = np.stack([grey(path) for of_class in paths for path in of_class])
        labels = np.repeat(np.arange(len(classes)), [*map(len, paths)])
        write_split(Split(images, labels), target, split)
    return classes


def _entries(folder: Path) -> list[Path]:
    """What is in a folder, by name, without hidden files."""
    entries = sorted(folder.glob("[!.]*")) if folder.is_dir() else []
    if not entries:
        raise StudyError(
            f"{folder} is missing or empty; pictures are in train/CLASS and test/CLASS"
        )
    return entries


def grey(path: Path) -> np.ndarray:
    """A picture as uint8 (28, 28).

    Raises:
        StudyError: the file is no picture.
    """
    try:
        with Image.open(path) as picture:
            return np.asarray(picture.convert("L").resize((SIZE, SIZE)))
    except OSError as error:  # which PIL's own errors are
        raise StudyError(f"{path} is not a picture: {error}") from error


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python -m normstudy.data.pictures FROM TO")
    try:
        names = convert(Path(sys.argv[1]), Path(sys.argv[2]))
    except StudyError as error:
        sys.exit(f"Error: {error}")
    name = re.sub(r"[^A-Za-z0-9-]+", "-", Path(sys.argv[2]).resolve().name).strip("-") or "pictures"
    stated = {"dataset": {"name": name, "source": sys.argv[2], "classes": names}}
    print(yaml.safe_dump(stated, sort_keys=False, default_flow_style=None, allow_unicode=True))
