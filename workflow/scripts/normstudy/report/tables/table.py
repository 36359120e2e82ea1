"""A table of the report: cells as text, with its caption."""

from dataclasses import dataclass

import pandas as pd

ABSENT = "–"


@dataclass(frozen=True)
class Table:
    """Cells as they are read, with a caption; the first column heads its row.

    `group` names a column whose runs of equal values become the headings of row groups.
    """

    cells: pd.DataFrame
    caption: str
    source: str = ""  # the file that it shows, relative to the results folder
    group: str | None = None
    names: tuple[str, ...] = ()  # columns that hold names even where these look like numbers
    sortable: bool = False  # by the reader, within the row groups
