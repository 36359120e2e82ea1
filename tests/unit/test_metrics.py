"""The one list of metrics: adding one is one entry, as CONTRIBUTING.md says."""

import re
import shutil

import pytest
from helpers.places import ROOT, SCRIPTS
from helpers.project import python

# A study with a claim about the new metric, through config, statistics and text.
STUDY = """
import sys
from helpers.made_up import made_up_study
from normstudy.report.tables.verdicts import verdict_table
from normstudy.statistics.study_tables import study_tables

claim = {"id": "fewest", "says": "A has fewest", "metric": "train_errors", "variant": "gn"}
made = made_up_study({"gn": [99.0] * 6, "ln": [99.0] * 6}, claims=[claim])
ours = made.evaluation["variant"] == "gn"
errors = made.evaluation["errors"] + made.evaluation["seed"] * ours % 3 + int(sys.argv[1]) * ~ours
tables = study_tables(made.config, made.metrics, made.evaluation.assign(errors=errors))
print(made.config["claims"][0]["direction"], tables["comparisons"]["margin"].iloc[0])
print(tables["claims"]["verdict"].iloc[0])
print(verdict_table(tables["comparisons"], tables["claims"], made.config)["claim"][0])
"""


@pytest.mark.parametrize(("more", "verdict"), [(200, "holds"), (1, "no difference that matters")])
def test_a_metric_is_added_as_the_document_says(tmp_path, more, verdict):
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (entry,) = re.findall(r'```python\n(    "train_errors".*?)```', text, re.S)
    shutil.copytree(SCRIPTS / "normstudy", tmp_path / "normstudy")
    module = tmp_path / "normstudy" / "records" / "metrics.py"
    source, opening = module.read_text(encoding="utf-8"), "RUN_METRICS = {\n"
    assert source.count(opening) == 1
    module.write_text(source.replace(opening, opening + entry), encoding="utf-8")
    said = python("-c", STUDY, more, PYTHONPATH=f"{tmp_path}:{ROOT / 'tests'}")
    stated, found, words = said.splitlines()
    assert (stated, found) == ("lower 10", verdict)
    assert f"{verdict} (misclassified training images, images)" in words
