"""What is said of a target that does not exist."""

import pytest


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
