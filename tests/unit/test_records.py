"""Records edited by hand or cut short: refused with file, key and the rule that remakes them."""

import json
from dataclasses import replace

import pytest
from helpers.made_up import graded_study
from helpers.places import ROOT
from normstudy.data.idx import FILE_NAMES
from normstudy.errors import StudyError
from normstudy.network.run_record import run_record
from normstudy.records.files import write_json
from normstudy.records.json_records import Look, RunRecord, StudyRecord, read_looks
from normstudy.records.provenance import provenance

START = "2026-01-01T00:00:00+00:00"
DATA = {name: name[:2] * 32 for name in FILE_NAMES}
RUN = run_record("gn", 1, {"device": "cpu"}, {}, START, 0, {}, DATA)
RECORD = json.dumps(RUN)
DAMAGED = {
    "cut short": (RECORD[:-5], "cannot be read"),
    "empty": ("", "cannot be read"),
    "no text": ("\xff", "cannot be read"),
    "a list": (f"[{RECORD}]", "cannot be read"),
    "a key is missing": (RECORD.replace("torch", "trch"), "has no torch"),
    "another type": (RECORD.replace('"seed": 1', '"seed": "one"'), "cannot be read"),
}


@pytest.mark.parametrize(("text", "words"), DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_record_is_refused_with_its_remedy(tmp_path, text, words):
    path = tmp_path / "provenance.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(StudyError) as error:
        RunRecord.read(path)
    assert str(error.value).startswith(f"{path} {words}: it was edited or cut short; ")
    assert f"--forcerun {path} " in str(error.value)


def test_a_record_may_say_more_than_is_asked(tmp_path):
    write_json(RUN | {"other": 1}, tmp_path / "more.json")
    assert vars(RunRecord.read(tmp_path / "more.json")) == RUN


def test_the_looks_taken_so_far_are_read_back(tmp_path):
    path, look = tmp_path / "looks.json", Look(3, "a", "b", "c", "é")
    assert read_looks(path) == []
    write_json({"looks": [look]}, path)
    (written,) = json.loads(path.read_text(encoding="utf-8"))["looks"]
    assert written == {"seeds": 3, "claims": "a", "margin": "b", "looks": "c", "taken": "é"}
    assert read_looks(str(path)) == [look]
    for damaged in (b'{"looks": [', b"{}", b"[]", b"\xff", b'{"looks": [3]}', b'{"looks": [{}]}'):
        path.write_bytes(damaged)
        with pytest.raises(StudyError, match=r"looks\.json cannot be read: it was edited"):
            read_looks(path)


def test_a_studys_record_is_read_back_and_a_damaged_run_in_it_is_refused(tmp_path):
    study, path = graded_study().provenance, tmp_path / "provenance.json"
    write_json(study, path)
    assert StudyRecord.read(path) == study
    for runs, words in (([{}], "has no variant"), (["gn"], "cannot be read")):
        write_json(vars(study) | {"runs": runs}, path)
        with pytest.raises(StudyError, match=f"{words}: .*rule summarize"):
            StudyRecord.read(path)


def test_a_study_without_a_files_origin_or_of_other_data_is_refused(tmp_path):
    (tmp_path / "sums").write_text(f"0  MNIST/raw/{FILE_NAMES[0]}\n")
    (tmp_path / "data").write_text("{}")
    requirements = ROOT / "requirements.in"
    given = (requirements, tmp_path / "sums", tmp_path / "data")
    run = RunRecord(**RUN | {"data_sha256": {FILE_NAMES[0]: "0"}})
    with pytest.raises(StudyError, match=f"has no {FILE_NAMES[0]}: .*rule download"):
        provenance({}, ROOT, *given, [run], tmp_path, "")
    other = replace(run, data_sha256={FILE_NAMES[0]: "1"})
    with pytest.raises(StudyError, match="gn seed 1 was trained on other data than"):
        provenance({}, ROOT, *given, [run, other], tmp_path, "")
    (tmp_path / "data").write_text(json.dumps({FILE_NAMES[0]: {"from": "a mirror"}}))
    later = replace(run, seed=2, started="2026-01-02T00:00:00+00:00")
    study = provenance({}, ROOT, *given, [later, run], tmp_path, "")
    assert (study.started, study.seeds, study.runs) == (START, [2, 1], [later, run])
