"""Records edited by hand or cut short: refused with file, key and the rule that remakes them."""

import json

import pytest
import torch
from helpers.places import ROOT
from normstudy.data.idx import FILE_NAMES
from normstudy.errors import StudyError
from normstudy.network.run_record import run_record
from normstudy.records import json_records as records
from normstudy.records.json_records import read_looks, read_record
from normstudy.records.provenance import provenance

RECORD = json.dumps({"seed": 1, "torch": "2", "variant": "gn"})
DAMAGED = {
    "cut short": (RECORD[:-5], "cannot be read"),
    "empty": ("", "cannot be read"),
    "no text": ("\xff", "cannot be read"),
    "a list": (f"[{RECORD}]", "holds no keys"),
    "a key is missing": (RECORD.replace("torch", "trch"), "has no torch"),
}


@pytest.mark.parametrize(("text", "words"), DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_record_is_refused_with_its_mend(tmp_path, text, words):
    path = tmp_path / "provenance.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(StudyError) as error:
        read_record(path, ["seed", "torch"], "train")
    assert str(error.value).startswith(f"{path} {words}: it was edited or cut short; ")
    assert f"--forcerun {path} " in str(error.value)


def test_a_record_may_say_more_than_is_asked(tmp_path):
    (tmp_path / "record.json").write_text(RECORD)
    assert read_record(tmp_path / "record.json", ["seed"], "train") == json.loads(RECORD)


def test_the_looks_taken_so_far_are_read_back(tmp_path):
    path = tmp_path / "looks.json"
    assert read_looks(path) == []
    path.write_text('{"looks": [{"seeds": 3, "taken": "é"}]}', encoding="utf-8")
    assert read_looks(str(path)) == [{"seeds": 3, "taken": "é"}]
    for damaged in (b'{"looks": [', b"{}", b"[]", b"\xff"):
        path.write_bytes(damaged)
        with pytest.raises(StudyError, match=r"looks\.json cannot be read"):
            read_looks(path)


def test_the_keys_are_those_that_are_written(tmp_path):
    run = run_record("gn", 1, {"threads": 1}, torch.nn.Linear(1, 1), "2026-01-01T00:00:00+00:00", 0)
    assert tuple(run) == records.RUN
    assert (run["variant"], run["seed"], run["device"], run["accelerator"]) == (
        "gn",
        1,
        "cpu",
        None,
    )
    assert (run["started"], run["resumed_after_epoch"]) == ("2026-01-01T00:00:00+00:00", 0)
    (tmp_path / "data").write_text(json.dumps({name: {} for name in FILE_NAMES}))
    (tmp_path / "sums").write_text("")
    study = provenance(
        config={},
        sources=ROOT,
        requirements=ROOT / "requirements.in",
        checksums=tmp_path / "sums",
        data_source=tmp_path / "data",
        runs=[run],
        benchmarks={},
        command="",
    )
    assert tuple(study) == records.STUDY
