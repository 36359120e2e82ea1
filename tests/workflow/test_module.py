"""Another workflow imports this one (`module:`), under a prefix and with a config of its own."""

import json
import re
import sys

import pytest
import yaml
from helpers.places import ROOT
from helpers.project import Project, run
from normstudy.running.code_digest import code_digests

OUTER = """
configfile: "config.yaml"


module normalizations:
    snakefile:
        "modules/normalizations/Snakefile"
    config:
        config["normalizations"]
    prefix:
        "compared"


use rule * from normalizations as norm_*


rule final:
    default_target: True
    input:
        "compared/results/gn/seed-2/metrics.csv",
    output:
        "final.csv",
    shell:
        "tail -n 1 {input} > {output}"
"""
STUDY = {
    **yaml.safe_load((ROOT / "workflow/studies/quick.yaml").read_text(encoding="utf-8")),
    "results": "results",
    "dataset": {"name": "MNIST-sample", "source": "modules/normalizations/tests/data/MNIST-sample"},
    "variants": {"gn": {"label": "Group Normalization", "norm": "group"}},
    "seeds": [2],
}


class Outer:
    """A workflow that has the project in a folder of its own."""

    def __init__(self, folder, snakefile=OUTER, study=STUDY):
        self.folder = folder
        Project.new(folder / "modules" / "normalizations")
        (folder / "Snakefile").write_text(snakefile)
        # `unknown` is the importer's own key: this project's check would refuse it.
        config = {"unknown": 1, "normalizations": study}
        (folder / "config.yaml").write_text(yaml.safe_dump(config))

    def snakemake(self, *arguments, succeeds=True):
        command = [sys.executable, "-m", "snakemake", "--cores", "2", *arguments]
        return run(command, self.folder, succeeds)


@pytest.fixture(scope="module")
def outer(tmp_path_factory):
    """The outer workflow after a run for its own rule and the summary of ours."""
    outer = Outer(tmp_path_factory.mktemp("outer") / "outer")
    outer.log = outer.snakemake("final", "norm_summarize")
    return outer


def test_its_own_rule_reads_our_table(outer):
    metrics = (outer.folder / "compared/results/gn/seed-2/metrics.csv").read_text()
    assert (outer.folder / "final.csv").read_text() == metrics.splitlines(keepends=True)[-1]
    assert metrics.splitlines()[-1].startswith("gn,2,2,")
    summary = (outer.folder / "compared/results/tables/summary.csv").read_text()
    assert "gn,test_accuracy,1," in summary


def test_everything_is_written_below_the_prefix(outer):
    found = {path.name for path in outer.folder.iterdir()}
    assert found == {"Snakefile", "config.yaml", "modules", "compared", "final.csv", ".snakemake"}
    assert {path.name for path in (outer.folder / "compared").iterdir()} == {"data", "results"}
    written = outer.folder / "modules" / "normalizations"
    assert not any((written / name).exists() for name in ("results", "data", ".snakemake"))


def test_the_terminal_stays_the_importers(outer):
    assert "Train gn, seed 2" in outer.log and "rule final:" in outer.log
    assert "Done. The report" not in outer.log and "trains 1 new run" not in outer.log
    assert "gn seed 2 · epoch 2/2 · test " in outer.log


def test_the_record_has_the_recipe_and_no_command(outer):
    facts = json.loads((outer.folder / "compared/results/provenance.json").read_text())
    assert facts["runs"][0]["recipe"]["epochs"] == 2
    assert 0 < facts["runs"][0]["recipe"]["mean"] < 1  # computed by the training job
    assert facts["command"] == ""


def test_a_second_run_has_nothing_to_do(outer):
    assert "Nothing to be done" in outer.snakemake("final", "norm_summarize", "--dry-run")
    plan = outer.snakemake("norm_all", "norm_gn", "norm_crate", "--dry-run")
    assert "norm_report" in plan and "norm_train" not in plan


def test_a_single_rule_can_be_imported_and_changed(tmp_path):
    some = """
module ours:
    snakefile: "modules/normalizations/Snakefile"
    config: {"variants": {"a": {"label": "A", "norm": "none"}}}

use rule download, train from ours
use rule misclassified from ours as evaluate with:
    message:
        "Changed {wildcards.variant}"
"""
    plan = Outer(tmp_path, some).snakemake("--dry-run", "results/a/seed-1/evaluation.csv")
    assert re.search(r"^evaluate +1$", plan, re.M) and "Changed a" in plan


def test_a_mistake_in_its_config_is_one_message(tmp_path):
    study = STUDY | {"variants": {"gn": {"label": "A", "norm": "groupe"}}}
    output = Outer(tmp_path, study=study).snakemake("--dry-run", succeeds=False)
    assert "Error in the config of a module import:\nvariants.gn.norm: 'groupe' is not" in output
    assert "Traceback" not in output and "File " not in output


def test_each_project_runs_its_own_package_and_no_other(tmp_path, monkeypatch):
    """Another clone is imported after it, and is on PYTHONPATH too."""
    both = OUTER.replace("use rule * ", SECOND + "use rule * ", 1)
    outer = Outer(tmp_path, both, STUDY | {"training": {"epochs": 1}})
    other = Project.new(tmp_path / "modules" / "other")
    other.append("network/training.py", 'raise SystemExit("the other project\'s code")')
    monkeypatch.setenv("PYTHONPATH", str(other.folder / "workflow" / "scripts"))
    outer.snakemake("compared/results/gn/seed-2/checkpoint.pt")
    record = json.loads((tmp_path / "compared/results/gn/seed-2/provenance.json").read_text())
    assert record["code"] == code_digests("network", "data/idx")
    other_code = outer.snakemake("other/results/gn/seed-2/checkpoint.pt", succeeds=False)
    assert "the other project's code" in other_code


SECOND = """
module another:
    snakefile:
        "modules/other/Snakefile"
    config:
        config["normalizations"]
    prefix:
        "other"


use rule * from another as other_*


"""
