"""The one list of metrics: adding one is one entry, as CONTRIBUTING.md says."""

import re
import shutil
import subprocess
import sys

import pytest
from helpers.places import ROOT, SCRIPTS

# A study of two variants with a claim about the new metric, through config, statistics and text.
STUDY = """
import numpy as np, pandas as pd, yaml
from normstudy.config.check import check
from normstudy.report.tables.verdicts import verdict_table
from normstudy.statistics.study_tables import study_tables

config = yaml.safe_load(open(CONFIG)) | {"seeds": 6}
config["claims"] = [{"id": "fewest", "says": "A has fewest", "metric": "train_errors",
                     "variant": "gn", "against": ["ln"]}]
config = check(config).model_dump()
assert config["claims"][0]["direction"] == "lower"
metrics, evaluation = [], []
for variant, errors in (("gn", 100), ("ln", LN), ("bn_l1", 500)):
    for seed in range(1, 7):
        run = {"variant": variant, "seed": seed}
        metrics.append(run | {"epoch": 1, "learning_rate": 0.1, "train_loss": 0.1,
                              "train_accuracy": 99.0, "test_loss": 0.1, "test_accuracy": 99.0})
        evaluation += [
            run | {"split": "train", "loss": 0.1, "accuracy": 99.0, "images": 60000,
                   "errors": errors + seed * (variant == "gn") % 3},
            run | {"split": "test", "loss": 0.1, "accuracy": 99.0, "images": 10000, "errors": 100},
        ]
tables = study_tables(config, pd.DataFrame(metrics), pd.DataFrame(evaluation))
print(tables["comparisons"]["margin"].iloc[0])
print(tables["claims"]["verdict"].iloc[0])
print(verdict_table(tables["comparisons"], tables["claims"], config)["claim"][0])
"""


@pytest.mark.parametrize(
    ("errors_of_ln", "verdict"), [(300, "holds"), (101, "no difference that matters")]
)
def test_a_metric_is_added_as_the_document_says(tmp_path, errors_of_ln, verdict):
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (entry,) = re.findall(r'```python\n(    "train_errors".*?)```', text, re.S)
    shutil.copytree(SCRIPTS / "normstudy", tmp_path / "normstudy")
    module = tmp_path / "normstudy" / "records" / "metrics.py"
    source = module.read_text(encoding="utf-8")
    opening = "RUN_METRICS = {\n"
    assert source.count(opening) == 1
    module.write_text(source.replace(opening, opening + entry), encoding="utf-8")
    names = {"CONFIG": str(ROOT / "config.yaml"), "LN": errors_of_ln}
    stated = "\n".join(f"{name} = {value!r}" for name, value in names.items())
    done = subprocess.run(
        [sys.executable, "-c", stated + STUDY],
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.returncode, done.stderr
    margin, found, words = done.stdout.splitlines()
    assert (float(margin), found) == (10, verdict)
    assert f"{verdict} (misclassified training images, images)" in words
