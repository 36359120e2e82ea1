"""The tables of all runs together."""

from functools import partial

import pandas as pd
import pytest
from normstudy.statistics.summary import RunTables


def test_a_runs_table_is_read_when_it_is_asked_for(tmp_path):
    paths = {("gn", seed): tmp_path / f"{seed}.csv" for seed in (1, 2)}
    tables = RunTables({run: partial(pd.read_csv, path) for run, path in paths.items()})
    assert list(tables) == list(paths) and len(tables) == 2
    for seed in (1, 2):
        pd.DataFrame({"index": [seed]}).to_csv(paths["gn", seed], index=False)
    assert [table["index"].item() for table in tables.values()] == [1, 2]
    with pytest.raises(KeyError):
        tables["ln", 1]
