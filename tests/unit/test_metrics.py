"""The one list of metrics: adding one is one entry, as CONTRIBUTING.md says."""

import re
import shutil

from helpers.places import ROOT, SCRIPTS
from helpers.project import python

# Studies with a claim about the new metric, through config, statistics and text.
STUDY = """
from helpers.made_up import made_up_study
from normstudy.report.tables.verdicts import verdict_table
from normstudy.statistics.study_tables import study_tables

claim = {"id": "fewest", "says": "A has fewest", "metric": "train_errors", "variant": "gn"}
made = made_up_study({"gn": [99.0] * 6, "ln": [99.0] * 6}, claims=[claim])
print(made.config["claims"][0]["direction"])
ours, runs = made.evaluation["variant"] == "gn", made.evaluation
for more in (200, 1):
    errors = runs["errors"] + runs["seed"] * ours % 3 + more * ~ours
    tables = study_tables(made.config, made.metrics, runs.assign(errors=errors))
    verdicts = tables["comparisons"], tables["claims"]
    print(verdicts[0]["margin"][0], verdicts[1]["verdict"][0], sep=": ")
    print(verdict_table(*verdicts, made.config)["claim"][0])
"""


def test_a_metric_is_added_as_the_document_says(tmp_path):
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (entry,) = re.findall(r'```python\n(    "train_errors".*?)```', text, re.S)
    shutil.copytree(SCRIPTS / "normstudy", tmp_path / "normstudy")
    module = tmp_path / "normstudy" / "records" / "metrics.py"
    source, opening = module.read_text(encoding="utf-8"), "RUN_METRICS = {\n"
    assert source.count(opening) == 1
    module.write_text(source.replace(opening, opening + entry), encoding="utf-8")
    said = python("-c", STUDY, PYTHONPATH=f"{tmp_path}:{ROOT / 'tests'}")
    direction, large, of_large, small, of_small = said.splitlines()
    assert direction == "lower"
    assert (large, small) == ("10: holds", "10: no difference that matters")
    assert "holds · misclassified training images, images" in of_large
    assert "no difference that matters · misclassified" in of_small
