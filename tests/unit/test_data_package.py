"""datapackage.json: every column with the type that its values have, and its unit."""

import csv
import io
import re

import pytest
from helpers.made_up import graded_study
from normstudy.records.data_package import data_package
from normstudy.records.metrics import RUN_METRICS
from normstudy.records.tables import STUDY_TABLES

PACKAGE = data_package("Normalizations compared on Fashion-MNIST")
FIELDS = {r["name"]: r["schema"]["fields"] for r in PACKAGE["resources"]}
# As in https://specs.frictionlessdata.io/table-schema/, by its defaults for CSV.
IS = {
    "string": lambda text: True,
    "boolean": lambda text: text in ("True", "False"),
    "integer": lambda text: re.fullmatch(r"-?\d+", text),
    "number": lambda text: re.fullmatch(r"-?\d+(\.\d+)?(e-?\d+)?|-?inf", text),
}


def test_it_has_what_the_specification_requires():
    assert re.fullmatch(r"[-a-z0-9._/]+", PACKAGE["name"])
    assert PACKAGE["profile"] == "tabular-data-package"
    for resource in PACKAGE["resources"]:
        assert resource["path"] == f"{resource['name']}.csv"
        assert resource["profile"] == "tabular-data-resource" and resource["title"]
    assert [*FIELDS] == [*STUDY_TABLES]


@pytest.mark.parametrize(
    "study",
    [graded_study(), graded_study(12), graded_study(6, verdicts={"looks": [4, 8]})],
    ids=["one seed", "twelve", "looks"],
)
def test_the_values_of_every_table_are_of_its_types(study):
    for name, fields in FIELDS.items():
        text = getattr(study, name).to_csv(index=False)
        rows = [*csv.DictReader(io.StringIO(text))]
        assert text.splitlines()[0].split(",") == [field["name"] for field in fields], name
        for field in fields:
            values = [row[field["name"]] for row in rows]
            limits = field.get("constraints", {})
            assert not limits.get("required") or all(values), (name, field)
            for value in filter(None, values):
                assert IS[field["type"]](value), (name, field, value)
                assert "minimum" not in limits or limits["minimum"] <= float(value)


def test_units():
    units = {name: {f["name"]: f.get("unit") for f in fields} for name, fields in FIELDS.items()}
    for name, metric in RUN_METRICS.items():
        assert units["runs"][name] == metric.unit
    assert units["metrics"]["train_loss"] == units["evaluation"]["loss"] == "nats per image"
    assert units["evaluation"]["ci_low"] == units["label_doubts"]["accuracy"] == "%"
    assert units["comparisons"]["mean_difference"] == units["summary"]["mean"] == "that of `metric`"
    assert units["metrics"]["epoch"] is units["single_run"]["p_value"] is None
