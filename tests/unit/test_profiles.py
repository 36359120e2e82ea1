"""Snakemake's options of this project: where they stand and that they agree."""

import yaml
from helpers.places import ROOT

DEFAULT, SLURM = (
    yaml.safe_load((ROOT / path / "config.yaml").read_text(encoding="utf-8"))
    for path in ("profiles/default", "workflow/profiles/slurm")
)


def test_the_slurm_profile_has_the_options_of_every_run():
    """But for the cores of this machine, which would limit the jobs of the cluster."""
    assert SLURM.items() >= {key: value for key, value in DEFAULT.items() if key != "cores"}.items()
    assert "cores" not in SLURM and SLURM["executor"] == "slurm"


def test_no_profile_runs_code():
    for path in ROOT.glob("**/profiles/*/config.yaml"):
        assert "__use_yte__" not in path.read_text(encoding="utf-8"), path
