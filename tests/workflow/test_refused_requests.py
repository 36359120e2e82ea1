"""What is said of a target that does not exist, and of a script that is run by hand."""

import subprocess
import sys

import pytest
from helpers.places import SCRIPTS

GN99 = "results/gn/seed-99/metrics.csv"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["gnn"], "Error: there is no variant gnn; did you mean gn?"),
        (["-n", "gm"], "Error: there is no variant gm; did you mean gn?"),
        (["foo"], "Error: there is no variant or rule foo"),
        ([GN99], f"Error: {GN99}: the config has no seed 99; add it to the key seeds"),
        (["seeds=5"], "Error: seeds=5 is a setting: write --config seeds=5"),
        (["gn", "--forcerun", "reprot"], "Warning: there is no rule reprot; did you mean report?"),
    ],
)
def test_a_mistyped_target_is_said_in_a_sentence(sources, words, said):
    output = sources.snakemake(*words, "--dry-run", succeeds=False)
    assert f"\n{said}\n" in output and "Traceback" not in output
    assert ("MissingRule" in output) == said.startswith("Warning")


@pytest.mark.parametrize("target", ["look", "all", "gn"])
def test_a_name_of_a_rule_or_variant_is_not_doubted(sources, target):
    assert "there is no" not in sources.snakemake(target, "--dry-run", succeeds=None)


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
