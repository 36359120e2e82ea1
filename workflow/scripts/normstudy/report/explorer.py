"""What the page's errors explorer is made from: the images that runs get wrong, and the answers."""

import io
from base64 import b64encode
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from PIL import Image

from .study import Study

SIDE = 28  # pixels of an image
ACROSS = 40  # images in a row of the sprite, where PNG packs MNIST tightest: 163 bytes an image
MOST_IMAGES = 2_000
MOST_ANSWERS = 400_000  # two bytes each: 1.1 MB on the page
STATIC = 15  # images in the table that needs no script


@dataclass(frozen=True)
class Explorer:
    """The images, the most often missed first, and what each run said of each.

    `predictions` and `confidences` (in whole percents) are uint8 arrays (image, run); the runs
    are those of each variant in turn. `pictures` are uint8 (image, SIDE, SIDE).
    """

    images: pd.DataFrame  # a row per image: index, label, disputed, errors
    table: pd.DataFrame  # the first of them, with `predicted`: each wrong prediction
    total: int  # misclassified images, of which the page may hold only the first
    by_all: pd.DataFrame  # those that every run gets wrong, columns as in `images`
    runs: list[tuple[str, int]]
    labels: dict[str, str]
    classes: tuple[str, ...]
    doubts: dict[int, str]  # index of a disputed image → what the raters said
    pictures: np.ndarray
    predictions: np.ndarray
    confidences: np.ndarray

    @cached_property
    def sprite(self) -> bytes:
        """A PNG with every picture, ACROSS in a row."""
        rows = -(-len(self.pictures) // ACROSS)
        cells = np.zeros((rows * ACROSS, SIDE, SIDE), np.uint8)
        cells[: len(self.pictures)] = self.pictures
        grid = cells.reshape(rows, ACROSS, SIDE, SIDE).swapaxes(1, 2)
        image = Image.fromarray(grid.reshape(rows * SIDE, ACROSS * SIDE))
        content = io.BytesIO()
        image.save(content, "PNG", optimize=True)
        return content.getvalue()

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the sprite in pixels."""
        return ACROSS * SIDE, -(-len(self.pictures) // ACROSS) * SIDE

    def place(self, number: int) -> tuple[int, int]:
        """Left and top of a picture in the sprite."""
        return number % ACROSS * SIDE, number // ACROSS * SIDE

    @property
    def address(self) -> str:
        """The sprite as a data URL."""
        return f"data:image/png;base64,{_text(self.sprite)}"

    @property
    def data(self) -> dict:
        """What the script reads, ready for JSON: two bytes for each image and run."""
        variants = list(self.labels)
        return {
            "side": SIDE,
            "across": ACROSS,
            "classes": list(self.classes),
            "models": list(self.labels.values()),
            "runs": [[variants.index(variant), seed] for variant, seed in self.runs],
            "images": self.images["index"].tolist(),
            "labels": self.images["label"].tolist(),
            "doubts": {str(index): words for index, words in self.doubts.items()},
            "said": _text(self.predictions.tobytes()),
            "sure": _text(self.confidences.tobytes()),
        }


def explorer(study: Study, pictures: np.ndarray) -> Explorer | None:
    """The explorer of a study's errors.

    Args:
        pictures: the test images, uint8 (N, 28, 28).

    Returns:
        None where no run misclassifies an image.

    Raises:
        StudyError: a run's predictions.csv is not as its rule wrote it.
    """
    errors = study.shared_errors
    if errors.empty:
        return None
    runs = list(study.runs[["variant", "seed"]].itertuples(index=False, name=None))
    columns = ["index", "label", "disputed", "errors"]
    every = errors[columns].drop_duplicates("index", ignore_index=True)
    images = every.head(min(MOST_IMAGES, max(STATIC, MOST_ANSWERS // len(runs))))
    answers = [study.predictions(*run).loc[images["index"]] for run in runs]
    classes, by_image, table = study.facts.classes, errors.groupby("index"), images.head(STATIC)
    return Explorer(
        images=images,
        table=table.assign(
            predicted=[_predicted(by_image.get_group(i), classes) for i in table["index"]]
        ),
        total=len(every),
        by_all=every[every["errors"] == len(runs)],
        runs=runs,
        labels=study.labels,
        classes=tuple(classes),
        doubts=_doubts(study.label_issues, images, classes),
        pictures=pictures[images["index"]],
        predictions=np.stack([t["prediction"] for t in answers], 1).astype(np.uint8),
        confidences=np.stack([(100 * t["confidence"]).round() for t in answers], 1).astype(
            np.uint8
        ),
    )


def _predicted(errors: pd.DataFrame, classes: tuple[str, ...]) -> str:
    """The wrong predictions of an image, each with its number of runs if there are several."""
    return ", ".join(
        classes[row.prediction] + (f" ({row.runs}×)" if row.runs < row.errors else "")
        for row in errors.itertuples()
    )


def _doubts(
    issues: pd.DataFrame | None, images: pd.DataFrame, classes: tuple[str, ...]
) -> dict[int, str]:
    """Index → what the five raters of a disputed label said."""
    if issues is None:
        return {}
    known = issues[issues["test_index"].isin(images["index"])]
    return {
        row.test_index: (
            f"{row.votes_given} of 5 raters say {classes[row.given_label]},"
            f" {row.votes_suggested} say {classes[row.suggested_label]},"
            f" {row.votes_neither} neither"
        )
        for row in known.itertuples()
    }


def _text(content: bytes) -> str:
    """Bytes as text, for a page."""
    return b64encode(content).decode("ascii")
