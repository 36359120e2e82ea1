"""Tables edited by hand or cut short: refused with file, line and the rule that remakes them."""

import dataclasses

import pandas as pd
import pytest
from helpers.made_up import ISSUES, REFERENCE, graded_study, write_study
from helpers.places import ROOT
from normstudy.errors import StudyError
from normstudy.records import tables
from normstudy.records.files import write_csv, write_json
from normstudy.records.read_tables import (
    read_metrics,
    read_predictions,
    read_runs,
    read_table,
)
from normstudy.report.study import load_study

METRICS = """variant,seed,epoch,learning_rate,train_loss,train_accuracy,test_loss,test_accuracy
gn,1,1,0.015,0.5,90.25,0.1,97.5
gn,1,2,0.0001,0.05,98.5,0.025,75.0
"""
EVALUATION = """variant,seed,split,loss,accuracy,images,errors
gn,1,train,0.02,99.9,1000,1
gn,1,test,0.025,75.0,4,1
"""
PREDICTIONS = """index,label,prediction,confidence,label_probability
0,7,7,0.99,0.99
1,2,2,0.98,0.98
2,1,3,0.7,0.2
3,0,0,1.0,1.0
"""
TEXTS = {"metrics": METRICS, "evaluation": EVALUATION, "predictions": PREDICTIONS}

# file, what was done (old, new), what is said
DAMAGED = {
    "a column is missing": ("metrics", "test_loss,test_accuracy\n", "test_loss\n", "has no column"),
    "columns change places": ("metrics", "seed,epoch", "epoch,seed", "has the columns variant, ep"),
    "a value is missing": ("metrics", "0.05,", ",", "line 3, column train_loss: nothing is not a"),
    "nan": ("metrics", "0.05,", "nan,", "line 3, column train_loss: 'nan' is not a number from 0"),
    "infinite": ("metrics", "0.025", "inf", "line 3, column test_loss: 'inf' is not a number from"),
    "a word": ("metrics", "97.5", "good", "line 2, column test_accuracy: 'good' is not a number f"),
    "a comma for a point": ("metrics", "97.5", "97,5", "line 2, has 9 fields where there should"),
    "more than all": ("metrics", "97.5", "975", "line 2, column test_accuracy: '975.0' is not a n"),
    "half an epoch": ("metrics", "gn,1,2", "gn,1,1.5", "line 3, column epoch: '1.5' is not a whol"),
    "another seed": ("metrics", "gn,1,2", "gn,2,2", "line 3, is of seed 2, not 1"),
    "another variant": ("evaluation", "gn,1,test", "ln,1,test", "line 3, is of variant ln, not gn"),
    "an epoch twice": ("metrics", "gn,1,2", "gn,1,1", "has the epochs 1, 1 where there should be"),
    "cut in a number": ("metrics", "0\n", "", "ends within its last line"),
    "cut after the header": ("metrics", METRICS[METRICS.index("gn") :], "", "has the epochs none"),
    "empty": ("metrics", METRICS, "", "has no column variant where there should be"),
    "no test": ("evaluation", "gn,1,test,0.025,75.0,4,1\n", "", "has not one line for train and o"),
    "an image less": ("predictions", "3,0,0,1.0,1.0\n", "", "has 3 images and 1 errors where"),
    "another end": ("metrics", "75.0", "0.0", "ends with a test accuracy of 0.0 % where eva"),
    "an error more": ("predictions", "3,0,0", "3,0,5", "has 4 images and 2 errors where evalua"),
    "too sure": ("predictions", "0.7", "1.7", "line 4, column confidence: '1.7' is not a number f"),
}


@pytest.fixture
def run(tmp_path):
    """A run's folder with its tables."""
    folder = tmp_path / "results" / "gn" / "seed-1"
    folder.mkdir(parents=True)
    for name, text in TEXTS.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def read(folder):
    """All tables of the run in a folder."""
    paths = ([folder / f"{name}.csv"] for name in ("metrics", "evaluation"))
    metrics, evaluation = read_runs([("gn", 1)], [2], *paths)
    return metrics, read_predictions(folder / "predictions.csv", evaluation)


@pytest.mark.parametrize(("name", "old", "new", "words"), DAMAGED.values(), ids=DAMAGED)
def test_damaged_tables_name_file_line_and_rule(run, name, old, new, words):
    assert [len(table) for table in read(run)] == [2, 4]
    head, damaged, tail = TEXTS[name].rpartition(old)
    assert damaged
    path = run / f"{name}.csv"
    path.write_text(head + new + tail, encoding="utf-8")
    with pytest.raises(StudyError) as error:
        read(run)
    message, rule = str(error.value), "train" if name == "metrics" else "misclassified"
    assert message.startswith((f"{path}, {words}", f"{path} {words}"))
    assert message.endswith(
        f"to remake it, add --forcerun {path} to the snakemake command (rule {rule})"
    )


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", None])
def test_tables_that_cannot_be_read(run, content):
    path = run / "metrics.csv"
    path.unlink()
    if content:
        path.write_bytes(content)
    with pytest.raises(StudyError, match=r"metrics.csv cannot be read .* \(rule train\)"):
        read(run)


@pytest.mark.parametrize("name", ["nan", "true", "1e5"])
def test_names_are_text_whatever_they_look_like(tmp_path, name):
    path = tmp_path / "metrics.csv"
    path.write_text(METRICS.replace("gn", name), encoding="utf-8")
    assert set(read_metrics(path, name, 1, 2)["variant"]) == {name}


def test_what_was_written_comes_back(tmp_path):
    """To the bit: the tables of a study are made of those of its runs."""
    table = pd.DataFrame({"a": [0.1 + 0.2, 1e-17], "b": [1, None], "c": ["x,y", "z"]})
    write_csv(table, tmp_path / "table.csv")
    columns = tables.columns("a: positive, b?: whole, c: text")
    again = read_table(tmp_path / "table.csv", columns)
    pd.testing.assert_frame_equal(again, table, check_exact=True)
    for name, value in (("b", 1.5), ("c", None)):  # gaps are where the table may have them
        write_csv(table.assign(**{name: value}), tmp_path / "table.csv")
        with pytest.raises(StudyError, match=f"line 2, column {name}"):
            read_table(tmp_path / "table.csv", columns)


def test_files_are_written_alike_everywhere(tmp_path):
    """UTF-8, \\n at line ends, in folders that are made."""
    write_csv(pd.DataFrame({"a": ["é"], "b": [1]}), tmp_path / "new" / "folder" / "table.csv")
    assert (tmp_path / "new" / "folder" / "table.csv").read_bytes() == "a,b\né,1\n".encode()
    write_json({"a": ["é"]}, tmp_path / "record.json")
    assert (tmp_path / "record.json").read_bytes() == '{\n  "a": [\n    "é"\n  ]\n}\n'.encode()
    assert {path.name for path in tmp_path.rglob("*.*")} == {"table.csv", "record.json"}


def test_the_projects_own_tables_are_whole_and_name_how_to_get_them_back(tmp_path):
    resources = ROOT / "workflow" / "resources"
    reference = read_table(resources / "mnist_reference_run.csv", tables.REFERENCE_RUN)
    issues = read_table(resources / "mnist_label_issues.csv", tables.LABEL_ISSUES)
    assert reference.equals(REFERENCE) and issues.equals(ISSUES)
    copy = tmp_path / "mnist_label_issues.csv"
    copy.write_text((resources / copy.name).read_text(encoding="utf-8").replace(",9,", ",x,"))
    with pytest.raises(StudyError, match=r"column given_label: 'x' is .* with `git checkout`"):
        read_table(copy, tables.LABEL_ISSUES)


def test_before_any_study_that_is_what_is_said(tmp_path):
    for folder in (tmp_path, tmp_path / "results"):
        with pytest.raises(StudyError, match=r"no study here yet: .* run `snakemake --cores 4`"):
            load_study(folder)
    (tmp_path / "tables").mkdir()  # some of it is there
    with pytest.raises(StudyError, match=r"provenance\.json cannot be read"):
        load_study(tmp_path)


def test_a_worked_example_of_fewer_variants_names_how_to_remake_it(tmp_path):
    """`snakemake --touch` marks it as up to date, though a variant was added."""
    study = dataclasses.replace(graded_study(), folder=tmp_path)
    write_study(study)
    pd.testing.assert_frame_equal(load_study(tmp_path).network, study.network)
    write_csv(study.network[study.network["variant"] != "ln"], tmp_path / "tables/network.csv")
    with pytest.raises(StudyError, match=r"network\.csv has no ln: .*network\.csv"):
        load_study(tmp_path)
