"""A study's tables described for machines: the columns of each with their types and units.

A Data Package (https://specs.frictionlessdata.io/data-package/) of Tabular Data Resources;
`unit` is a property of our own, which the specification allows.
"""

import math
import re

from .tables import STUDY_TABLES, Kind


def _field(column: str, kind: Kind) -> dict:
    """A column as a field of a Table Schema."""
    limits: dict[str, float] = {"required": True} if kind.required else {}
    ends = {"minimum": kind.lowest, "maximum": kind.highest}
    limits |= {name: end for name, end in ends.items() if math.isfinite(end)}
    about = {"name": column, "type": kind.type, "unit": kind.unit, "constraints": limits}
    return {name: fact for name, fact in about.items() if fact}


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
