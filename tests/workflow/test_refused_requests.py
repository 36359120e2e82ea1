"""What is said of a target that does not exist, and of a script that is run by hand."""

import subprocess
import sys

import pytest
from helpers.places import SCRIPTS


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["gnn"], "There is no variant gnn; did you mean gn?"),
        (["gn", "--forcerun", "reprot"], "There is no rule reprot; did you mean report?"),
        (["look"], ""),
    ],
)
def test_a_name_close_to_a_variant_or_rule_is_named(sources, arguments, hint):
    output = sources.snakemake(*arguments, "--dry-run", succeeds=None)
    assert hint in output and ("did you mean" in output) == bool(hint)
    assert "Traceback" not in output
    if hint:
        assert output.index(hint) < output.index("Building DAG")


def test_words_that_mean_something_else_are_not_corrected(sources):
    said = sources.snakemake("gn", "-n", "--executor", "local", "--rerun-triggers", "mtime")
    assert "did you mean" not in said


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
