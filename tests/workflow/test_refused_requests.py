"""What is said of a target that does not exist, and of a script that is run by hand."""

import subprocess
import sys

import pytest
from helpers.places import SCRIPTS
from helpers.project import Project

GN99 = "results/gn/seed-99/metrics.csv"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["gnn"], "Error: there is no variant gnn; did you mean gn?"),
        (["-n", "gm"], "Error: there is no variant gm; did you mean gn?"),
        ([GN99], f"Error: {GN99}: the config has no seed 99; add it to the key seeds"),
        (["seeds=5"], "Error: seeds=5 is a setting: write --config seeds=5"),
        (["gn", "--forcerun", "reprot"], "Warning: there is no rule reprot; did you mean report?"),
    ],
)
def test_a_mistyped_target_is_said_in_a_sentence(sources, words, said):
    output = sources.snakemake(*words, "--dry-run", succeeds=False)
    assert f"\n{said}\n" in output and "Traceback" not in output
    assert ("MissingRule" in output) == said.startswith("Warning")


def test_a_name_of_a_rule_or_variant_is_not_doubted(tmp_path):
    project = Project.new(tmp_path)
    with (project.folder / "Snakefile").open("a") as file:
        file.write("\n\nrule reports:\n    input:\n        rules.report.output,\n")
    for target in ("look", "all", "gn", "reports"):
        assert "there is no" not in project.snakemake(target, "-n", succeeds=target != "look")


def test_words_that_mean_something_else_are_not_corrected(sources):
    said = sources.snakemake("gn", "-n", "--executor", "local", "--rerun-triggers", "mtime")
    assert "there is no" not in said


def test_variants_of_the_command_line_come_after_those_of_the_config(sources):
    """So that the others keep their colors."""
    variant = "variants={a: {label: A, norm: none}}"
    assert "gn, ln, bn_l1, a: trains" in sources.snakemake("-n", "--config", variant)


@pytest.mark.parametrize("script", sorted(path.name for path in SCRIPTS.glob("*.py")))
def test_a_script_that_is_run_by_hand_says_how_it_is_run(script):
    done = subprocess.run([sys.executable, SCRIPTS / script], capture_output=True, text=True)
    assert done.returncode == 1 and done.stderr.startswith("Rule ")
    assert done.stderr.endswith(
        "Snakemake runs this script: see README.md, or `snakemake --help`.\n"
    )
