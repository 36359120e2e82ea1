"""A study's tables described for machines: the columns of each with their types and units.

A Data Package (https://specs.frictionlessdata.io/data-package/) of Tabular Data Resources;
`unit` is a property of our own, which the specification allows.
"""

import re

from .metrics import RUN_METRICS
from .tables import ANYTHING, PERCENT, STUDY_TABLES, TEXT, WHOLE

# Of columns in which the registry allows anything, since they may be empty.
TEXTS = {
    *("claim", "metric", "variant", "rival", "verdict", "deciding_rivals", "scoring"),
    *("verdict_labels_corrected", "verdict_labels_excluded"),
}
TRUTHS = {"size", "disputed", "looks_failed"}
COUNTS = {
    *("seed", "seeds", "images", "errors"),
    *("both_right", "only_variant_right", "only_rival_right", "both_wrong"),
}
OF_METRIC = {  # in the unit of the metric that the row is about
    *("mean", "lowest", "highest", "standard_deviation", "ci_low", "ci_high", "reference"),
    *("difference", "mean_difference", "equivalence_low", "equivalence_high"),
    *("margin", "smallest_margin"),
}


def _type(column: str, kind: tuple) -> str:
    """The Table Schema type of a column."""
    if kind == TEXT or column in TEXTS:
        return "string"
    if column in TRUTHS:
        return "boolean"
    return "integer" if kind == WHOLE or column in COUNTS else "number"


def _unit(column: str, kind: tuple) -> str | None:
    """A column's unit, if it has one."""
    if column in RUN_METRICS:
        return RUN_METRICS[column].unit
    if column.startswith("other_images"):
        return "points"
    if kind == PERCENT or column == "accuracy":
        return "%"
    if column.endswith("loss"):
        return "nats per image"
    return "that of `metric`" if column in OF_METRIC else None


def _field(column: str, kind: tuple) -> dict:
    """A column as a field of a Table Schema."""
    field: dict = {"name": column, "type": _type(column, kind)}
    if unit := _unit(column, kind):
        field["unit"] = unit
    if kind not in (ANYTHING, TEXT):
        _, lowest, highest = kind
        limits = {"required": True, "minimum": lowest, "maximum": highest}
        field["constraints"] = {k: v for k, v in limits.items() if abs(v) != float("inf")}
    return field


def data_package(title: str) -> dict:
    """The datapackage.json of a study, to lie beside its tables.

    Args:
        title: what the study is called.
    """
    return {
        "profile": "tabular-data-package",
        "name": re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-"),
        "title": title,
        "resources": [
            {
                "profile": "tabular-data-resource",
                "name": name,
                "path": f"{name}.csv",
                "title": table.label,
                "description": table.content,
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "schema": {
                    "fields": [_field(*column) for column in table.columns.items()],
                    "missingValues": [""],
                },
            }
            for name, table in STUDY_TABLES.items()
        ],
    }
