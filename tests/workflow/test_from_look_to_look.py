"""`seeds: until decided`: from look to look only what is needed is trained, killed or not."""

import json
import shutil

import pandas as pd
import pytest
from helpers.project import UNTIL_DECIDED, Project
from helpers.running import Running, wait_for


@pytest.fixture(scope="module")
def decided(tmp_path_factory):
    """A study that was killed right after its first look and then run again."""
    project = Project.new(tmp_path_factory.mktemp("until-decided") / "project")
    killed = Running(project, *UNTIL_DECIDED)
    wait_for((project.folder / "results/looks/2.json").exists)
    assert killed.end("SIGKILL to all")
    project.snakemake(*UNTIL_DECIDED)
    return project


def test_a_dry_run_says_what_the_first_look_trains(tmp_path):
    output = Project.new(tmp_path / "project").snakemake("-n", *UNTIL_DECIDED)
    assert "gn, ln, twin: trains 6 new runs" in output
    assert "The next look is at 2 seeds;" in output and "up to 3 seeds" in output


def test_only_what_an_undecided_claim_needs_goes_on(decided):
    runs = pd.read_csv(decided.folder / "results/tables/runs.csv")
    assert runs.groupby("variant")["seed"].max().to_dict() == {"gn": 3, "ln": 2, "twin": 3}
    assert not (decided.folder / "results/ln/seed-3").exists()
    claims = pd.read_csv(decided.folder / "results/tables/claims.csv").set_index("claim")
    assert claims.loc["far", ["verdict", "look"]].tolist() == ["no difference that matters", 2]
    assert claims.loc["twins", ["verdict", "look"]].tolist() == ["undecided", 3]


def test_looks_are_recorded_when_they_were_taken(decided):
    looks = json.loads((decided.folder / "results/looks.json").read_text())["looks"]
    first = json.loads((decided.folder / "results/looks/2.json").read_text())
    assert [look["seeds"] for look in looks] == [2, 3]
    assert looks[0]["taken"] == first["taken"] < looks[1]["taken"]


def test_nothing_is_left_to_do_and_a_run_can_be_asked_for_alone(decided):
    assert decided.planned(*UNTIL_DECIDED) == {}
    assert decided.planned("ln", *UNTIL_DECIDED) == {}
    assert decided.planned("crate", *UNTIL_DECIDED) == {"crate": 1}
    assert decided.planned("model_cards", *UNTIL_DECIDED) == {"model_cards": 1}
    assert decided.planned("results/gn/seed-3/model.pt2", *UNTIL_DECIDED) == {"export": 1}


def test_a_claim_added_after_a_look_is_judged_from_the_first_look_on(decided):
    claims = "claims=[{id: more, says: LN is better, metric: test_loss, variant: ln}]"
    planned = decided.planned(*UNTIL_DECIDED, "--config", claims)
    assert planned.get("train", 0) == 0 and planned["look"] == 1


def test_from_results_in_a_storage_the_looks_are_fetched(decided, tmp_path):
    """In a project that has none of the results itself."""
    for part in ("results", "data"):
        shutil.copytree(decided.folder / part, tmp_path / "storage" / part)
    storage = ("--default-storage-provider", "fs")
    storage += ("--default-storage-prefix", str(tmp_path / "storage"))
    planned = Project.new(tmp_path / "project").planned(*UNTIL_DECIDED, *storage)
    assert not planned.keys() & {"train", "look"}
