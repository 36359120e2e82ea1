"""What changed since runs were trained, from the records in their folders."""

import json
from dataclasses import replace

import pytest
from normstudy.config.changes import Run, _differences, asked, changes, keep
from normstudy.records.files import read_json
from normstudy.running.code_digest import code_digests


@pytest.fixture
def run(tmp_path, default_study):
    """A function: a run of the config, with a record of a training with these other values."""

    def make(variant="gn", seed=1, record=True, code=None, data="a", **before):
        recipe = default_study.run_parameters(variant)
        folder = tmp_path / variant / f"seed-{seed}"
        folder.mkdir(parents=True, exist_ok=True)
        if record:
            content = {"recipe": recipe | before, "code": code or code_digests("network")}
            content["data_sha256"] = {"images": data}
            (folder / "provenance.json").write_text(json.dumps(content))
        return Run(variant, seed, recipe, {"images": "a"}, folder)

    return make


def test_a_changed_key_is_said_with_both_values_and_how_many_runs_it_retrains(run):
    runs = [run(seed=seed, max_lr=0.01) for seed in (1, 2, 3)]
    assert changes([*runs, run("ln")]) == ["gn: max_lr 0.01 → 0.015; retrains 3 runs"]


def test_runs_with_other_changes_have_lines_of_their_own(run):
    epochs = [run(variant, epochs=3) for variant in ("gn", "ln")]
    assert changes([*epochs, run("bn_l1", epochs=3, l1=0.001)]) == [
        "gn, ln: epochs 3 → 20; retrains 2 runs",
        "bn_l1: epochs 3 → 20, l1 0.001 → 0.0001; retrains 1 run",
    ]


def test_code_data_and_new_runs(run):
    assert changes([run(data="b")]) == ["gn: the data changed; retrains 1 run"]
    assert changes([run(code={"network": "old"}, epochs=3)]) == [
        "gn: the training code changed, epochs 3 → 20; retrains 1 run"
    ]
    new = [run("ln", seed, record=False) for seed in (1, 2)]
    assert changes(new) == ["ln: trains 2 new runs"]


def test_another_dataset_is_not_told_by_its_pixels(run):
    changed = run(dataset="FashionMNIST", mean=0.286, std=0.353).differences()
    assert changed == ("dataset FashionMNIST → MNIST",)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"recipe": 3}', None])
def test_a_record_that_cannot_be_read_is_none(run, content):
    broken = run()
    path = broken.folder / "provenance.json"
    path.write_text(content) if content is not None else path.unlink()
    assert broken.differences() is None


@pytest.mark.parametrize("code", [{"network/gone": "a"}, None])
def test_a_record_of_code_that_is_gone_says_that_the_code_changed(run, code, tmp_path):
    old = run()
    path = old.folder / "provenance.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"code": code}))
    assert old.differences() == ("the training code changed",)
    keep([old], tmp_path / "kept.json")
    assert read_json(tmp_path / "kept.json") == {}


def test_what_touch_kept_is_not_said_to_have_changed_later(run, tmp_path):
    touched = run(code={"network": "old"}, epochs=3)
    keep([touched], tmp_path / "kept.json")
    kept = read_json(tmp_path / "kept.json")
    assert replace(touched, kept=kept).differences() == ()
    later = replace(touched, kept=kept, data={"images": "b"})
    assert later.differences() == ("the data changed",)
    later = replace(touched, kept=kept, recipe=touched.recipe | {"max_lr": 0.03})
    assert later.differences() == ("max_lr 0.015 → 0.03",)
    path = touched.folder / "provenance.json"  # trained since
    path.write_text(json.dumps(json.loads(path.read_text()) | {"started": "later"}))
    assert "epochs 3 → 20" in replace(touched, kept=kept).differences()


def test_runs_that_resume_are_not_called_new(run, tmp_path):
    (tmp_path / "state.pt").touch()
    new = [replace(run(seed=seed, record=False), state=tmp_path / "state.pt") for seed in (1, 2)]
    assert changes([*new, run("ln", record=False)]) == [
        "gn: continues 2 runs", "ln: trains 1 new run",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        ({"norm_options": {"a": 1}}, {"norm_options": {"a": 2}}, ["a 1 → 2"]),
        ({"a": "b" * 50}, {"a": "c"}, ["a changed"]),
        ({}, {"a": 1}, ["a (none) → 1"]),
        ({"a": 1}, {}, ["a 1 → (none)"]),
        ({"a": "cpu", "b": 1}, {"a": "auto", "b": None}, []),
    ],
)
def test_differences(before, now, said):
    assert [words for _, words in _differences(before, now)] == said


def test_only_the_runs_that_a_command_names_are_told_of(run):
    gn, gn2, ln = runs = run(), run(seed=2), run("ln")
    assert asked([*runs], ["--cores", "2"]) == list(runs)
    assert asked(runs, ["gn", "-n"]) == [gn, gn2]
    assert asked(runs, [f"{ln.folder}/metrics.csv", f"{gn2.folder}/model.pt2"]) == [gn2, ln]
