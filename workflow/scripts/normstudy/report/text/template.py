"""What text.html.j2 has at hand, besides the study: how numbers are written, and the rules' names.

Numbers come from the study's tables; the template decides only which sentence they stand in.
"""

import pandas as pd

from ...records.tables import STUDY_TABLES
from ...statistics.failures import FAR
from ...statistics.label_doubts import SCORINGS
from ...statistics.verdicts.looks import changed_since, unplanned_looks
from ...statistics.verdicts.rule import DECIDED, Verdict
from .. import original
from . import amounts, wording

FILTERS = {
    name: one for room in (amounts, wording) for name, one in vars(room).items() if callable(one)
}
GLOBALS = {
    **{"original": original, "Verdict": Verdict, "DECIDED": DECIDED, "notna": pd.notna},
    **{"changed_since": changed_since, "unplanned_looks": unplanned_looks},
    **{"FAR": FAR, "SCORINGS": SCORINGS, "STUDY_TABLES": STUDY_TABLES},
    "PARTS": {"claims": "the claims", "margin": "the margin or confidence", "looks": "the looks"},
}
