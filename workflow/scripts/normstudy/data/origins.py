"""Where each data file came from: kept beside the checksums, which alone decide what is rerun."""

import json
from pathlib import Path

from ..records.machine import now
from .idx import FILE_NAMES

DATA_SOURCE = "source.json"  # beside the raw folder


def sources(path: Path, fetched: dict[str, str], raw: Path) -> dict[str, dict[str, str]]:
    """Of each data file where it came from and when: {name: {"from": …, "at": …}}.

    Args:
        path: what an earlier download wrote; it need not exist.
        fetched: file name → source, of the files that were fetched now.
        raw: the folder of the files; one that nobody fetched was found there.
    """
    try:
        known = dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):  # missing, damaged or no object: known anew
        known = {}
    for name in FILE_NAMES:
        if name in fetched or name not in known:
            known[name] = {"from": fetched.get(name, f"found in {raw}"), "at": now()}
    return {name: known[name] for name in FILE_NAMES}
