"""The metrics of a run, the one list of them: what each is, and how it is computed.

It stands here, above the config, because the config's check, the tables, the statistics and the
report all read it.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Metric:
    """One figure of a finished run, which claims may be about.

    Attributes:
        name: in a sentence.
        unit: of a value.
        difference: unit of a difference between two values.
        of: the table of `summary.final_values`, a row per run → the values.
        margin: the largest difference that does not matter, or its key in config["verdicts"].
        step: numbers of test and of training images → the least standard deviation that
            differences over seeds are taken to have: what one image can make.
        lowest, highest: value that it can have.
        higher_is_better: what a claim without a direction says.
        near_zero: whether "lower" means that the mean is nearer to 0, as of a gap.
        decimals, difference_decimals: as shown.
    """

    name: str
    unit: str
    difference: str
    of: Callable[[pd.DataFrame], pd.Series]
    margin: str | float
    step: Callable[[int, int], float]
    lowest: float = -math.inf
    highest: float = math.inf
    higher_is_better: bool = True
    near_zero: bool = False
    decimals: int = 2
    difference_decimals: int = 3

    @property
    def text(self) -> str:
        """The name with the unit, as of an axis or a column."""
        return f"{self.name}, {self.unit}" if self.unit else self.name


def _accuracy(name: str, column: str, step: Callable[[int, int], float]) -> Metric:
    # An accuracy is a count: between two seeds it moves in steps of one image. Where a few seeds
    # happen to agree to the image, the spread is not 0 but too small to be seen on this grid.
    return Metric(name, "%", "points", lambda runs: runs[column], "margin", step, 0, 100)


def _gap(name: str, column: str) -> Metric:
    return Metric(
        name=name,
        unit="points",
        difference="points",
        of=lambda runs: runs[column] - runs["test_accuracy"],
        margin="margin",
        step=lambda test, train: 100 / min(test, train),  # the coarser of its two grids
        lowest=-100,
        highest=100,
        higher_is_better=False,
        near_zero=True,
    )


RUN_METRICS = {
    "test_accuracy": _accuracy("test accuracy", "test_accuracy", lambda test, train: 100 / test),
    "test_loss": Metric(
        name="test loss",
        unit="nats per image",
        difference="nats",
        of=lambda runs: runs["test_loss"],
        margin="loss_margin",
        # A loss has no grid. This is what one image adds that goes from certain to a blind guess
        # among ten classes.
        step=lambda test, train: math.log(10) / test,
        lowest=0,
        higher_is_better=False,
        decimals=4,
        difference_decimals=4,
    ),
    "train_accuracy": _accuracy(
        "train accuracy, running", "train_accuracy", lambda test, train: 100 / train
    ),
    "train_accuracy_evaluated": _accuracy(
        "train accuracy, evaluated", "train_accuracy_evaluated", lambda test, train: 100 / train
    ),
    "gap": _gap("running gap (train − test accuracy)", "train_accuracy"),
    "gap_evaluated": _gap("evaluated gap (train − test accuracy)", "train_accuracy_evaluated"),
}


_described: ContextVar[Mapping[str, Metric]] = ContextVar("metrics", default=RUN_METRICS)


@contextmanager
def describing(metrics: Mapping[str, Metric]) -> Iterator[None]:
    """Have `described` know these metrics, of other runs than this project's, and no others."""
    token = _described.set(metrics)
    try:
        yield
    finally:
        _described.reset(token)


def described(name: str) -> Metric:
    """What is known of a metric."""
    return _described.get()[name]
