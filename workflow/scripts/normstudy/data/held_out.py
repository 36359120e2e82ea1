"""Training images held out, to choose by: python -m normstudy.data.held_out FROM TO N.

FROM has the four files of a dataset. TO gets those of another one, whose test images are the last N
training images and whose training images are the others: what is chosen by it has not seen the
test images.
"""

import sys
from pathlib import Path

from ..errors import StudyError
from .idx import Split, load_split
from .write_idx import write_split


def hold_out(source: Path, target: Path, count: int) -> None:
    """Write the four IDX files of a dataset whose last `count` training images are held out.

    Raises:
        StudyError: the files cannot be read, or no image would be left on one side.
    """
    train = load_split(source, "train")
    first = len(train.labels) - count
    if not 0 < first < len(train.labels):
        raise StudyError(f"of {len(train.labels):,} training images, {count:,} cannot be held out")
    for split, part in (("train", slice(first)), ("test", slice(first, None))):
        write_split(Split(train.images[part], train.labels[part]), target, split)


if __name__ == "__main__":
    if len(sys.argv) != 4 or not sys.argv[3].isdecimal():
        sys.exit("usage: python -m normstudy.data.held_out FROM TO N")
    try:
        hold_out(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
    except StudyError as error:
        sys.exit(f"Error: {error}")
