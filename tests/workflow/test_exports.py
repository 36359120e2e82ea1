"""What can be asked for besides the study: exported programs, model cards, use in a notebook."""

import json
import os
import re
import sys
import zipfile
from types import SimpleNamespace

import pandas as pd
import pytest
import torch
from helpers.places import ROOT, SAMPLE
from helpers.project import run
from normstudy.data.idx import load_split
from PIL import Image
from rocrate.rocrate import ROCrate
from rocrate_validator.models import Severity
from rocrate_validator.services import ValidationSettings, validate
from rocrate_validator.utils.http import HttpRequester

PROGRAM = "results/gn/seed-1/model.pt2"


@pytest.fixture(scope="module")
def exported(finished, tmp_path_factory):
    """A finished project in which an export and the cards were asked for."""
    project = finished.copy(tmp_path_factory.mktemp("exported") / "project")
    project.log = project.snakemake(PROGRAM, "model_cards", "crate")
    return project


def test_all_does_not_make_them_and_making_them_trains_nothing(exported):
    assert "Train " not in exported.log
    made = "results/study-crate.zip, the model cards: results/<variant>/model-card.md"
    assert f"\nDone. The crate: {made}, the program: {PROGRAM}\n" in exported.log
    cards = [f"results/{variant}/model-card.md" for variant in ("gn", "ln", "bn_l1")]
    for made in ("results/study-crate.zip", PROGRAM, *cards):
        assert (exported.folder / made).exists()
    assert exported.planned() == {}


def test_the_program_predicts_what_the_study_did(exported):
    program = torch.export.load(str(exported.folder / PROGRAM)).module()
    images = torch.from_numpy(load_split(SAMPLE, "test").images.copy())
    predictions = pd.read_csv(exported.folder / "results/gn/seed-1/predictions.csv")
    confidence, predicted = program(images).exp().max(dim=1)
    assert predicted.tolist() == predictions["prediction"].tolist()
    assert confidence.tolist() == pytest.approx(predictions["confidence"].tolist(), abs=1e-5)
    assert program(images[:1]).shape == (1, 10)  # and any other number of images
    with pytest.raises(RuntimeError, match="dtype mismatch"):  # levels from 0 to 1
        program(images[:1] / 255)


def test_the_notebooks_code_runs_as_documented(exported, monkeypatch):
    monkeypatch.chdir(exported.folder)
    monkeypatch.setattr("sys.path", list(os.sys.path))
    text = (ROOT / "docs" / "notebook.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, re.S)
    assert len(blocks) >= 7
    scope = {}
    for block in blocks:
        exec(block, scope)
    test = pd.read_csv("results/gn/seed-1/evaluation.csv").set_index("split").loc["test"]
    assert scope["accuracy"] == pytest.approx(test["accuracy"])
    assert len(scope["errors"]) == test["errors"]


def test_a_picture_of_ones_own_is_predicted_by_the_documented_command(exported, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "workflow/scripts")
    text = (ROOT / "docs" / "notebook.md").read_text(encoding="utf-8")
    (line,) = re.findall(
        r"^python (-m normstudy\.evaluation\.predict .*) my-digit\.png$", text, re.M
    )
    test = load_split(exported.folder / "data/MNIST-sample/raw", "test")
    Image.fromarray(255 - test.images[0]).save(exported.folder / "on paper.png")
    Image.fromarray(test.images[1]).save(exported.folder / "on screen.png")
    command = [sys.executable, *line.split()]
    (exported.folder / "words.png").write_text("no picture", encoding="utf-8")
    said = run([*command, "on paper.png", "on screen.png"], exported.folder).splitlines()
    rows = pd.read_csv(exported.folder / "results/gn/seed-1/predictions.csv")
    first, second = (f"{row.prediction} ({row.confidence:.1%})" for row in rows[:2].itertuples())
    assert f"on paper.png: {first}, inverted to white on black" in said
    assert f"on screen.png: {second}" in said
    said = run([*command, "words.png"], exported.folder, succeeds=False)
    assert said.startswith("Error: words.png is not a picture") and "Traceback" not in said


def test_the_cards_code_runs_as_written(exported, monkeypatch):
    monkeypatch.chdir(exported.folder / "results")
    card = (exported.folder / "results/gn/model-card.md").read_text(encoding="utf-8")
    scope = {}
    for block in re.findall(r"```python\n(.*?)```", card, re.S):
        exec(block, scope)
    assert scope["log_probabilities"].shape == (5, 10)
    assert scope["recipe"]["norm"] == "group"


def test_the_crate_holds_what_it_lists_and_says_what_made_it(exported):
    path = exported.folder / "results/study-crate.zip"
    crate = ROCrate(path)
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        page = archive.read("results/report.html")
        known = json.loads(archive.read("ro-crate-metadata.json"))["@graph"]
    assert page == (exported.folder / "results/report.html").read_bytes()
    files = {entity["@id"] for entity in known if "File" in entity["@type"]}
    assert files == names - {"ro-crate-metadata.json"}
    assert {"Snakefile", "config.yaml", "workflow/scripts/normstudy/network/model.py"} <= files
    assert crate.mainEntity.id == "Snakefile"
    actions = [entity for entity in crate.get_entities() if entity.type == "CreateAction"]
    (action,) = (entity for entity in actions if entity["instrument"] == crate.mainEntity)
    trained = {entity["result"].id for entity in actions if entity != action}
    assert trained == {
        f"results/{variant}/seed-1/checkpoint.pt" for variant in ("gn", "ln", "bn_l1")
    }
    assert action["agent"].type == "Person" and action["agent"]["name"]
    assert "snakemake --cores 2" in action["name"] and action["instrument"] == crate.mainEntity
    made = {entity.id for entity in action["result"]}
    packed = ("gn/seed-1/checkpoint.pt", "tables/summary.csv", "tables/datapackage.json")
    assert {f"results/{name}" for name in packed} <= made <= files
    *data, config = action["object"]
    assert config.id == "config.yaml"
    assert {entity["sha256"] for entity in data} == {
        line.split()[0]
        for line in (exported.folder / "data/MNIST-sample/sha256sums.txt").read_text().splitlines()
    }


# What the validator recommends and nobody can state before the crate is published.
UNKNOWN = {
    "The `publisher` property of a `Root Data Entity` SHOULD be an `Organization`",
    # As long as CITATION.cff names no website of the maintainers.
    "The organization SHOULD have a URL.",
    # The workflow is a file of the crate, whose identifier Workflow RO-Crate wants to be its path.
    "The SoftwareApplication id SHOULD be an absolute URI",
}


def test_the_crate_passes_the_checks_of_its_profiles(exported, tmp_path, monkeypatch):
    """All required and recommended checks pass, with the JSON-LD context read from a local file."""
    terms = json.loads((ROOT / "tests/data/ro-crate-1.1-terms.json").read_text(encoding="utf-8"))

    def local(_, url, **__):
        assert url == "https://w3id.org/ro/crate/1.1/context"
        headers = {"Content-Type": "application/ld+json"}
        return SimpleNamespace(status_code=200, headers=headers, json=lambda: terms)

    monkeypatch.setattr(HttpRequester, "get", local, raising=False)
    result = validate(
        ValidationSettings(
            rocrate_uri=str(exported.folder / "results/study-crate.zip"),
            profile_identifier="workflow-run-crate",
            requirement_severity=Severity.RECOMMENDED,
            offline=True,
            cache_path=tmp_path / "cache",
        )
    )
    tried = {check.requirement.profile.identifier for check in result.executed_checks}
    assert {name.rpartition("-")[0] for name in tried} == {
        "ro-crate", "process-run-crate", "workflow-ro-crate", "workflow-run-crate",
    }  # fmt: skip
    found = {(issue.severity.name, issue.message.strip()) for issue in result.get_issues()}
    assert found == {("RECOMMENDED", words) for words in UNKNOWN}
