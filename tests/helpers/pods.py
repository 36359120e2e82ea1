"""Jobs as pods: each in an empty folder, to which Snakemake brings what its rule declares."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

from helpers.places import ROOT
from helpers.project import Project, assert_same_checkpoint, git

POD = ROOT / "tests" / "cluster" / "pod.sh"
# A job calls `python`, that of its image.
PATH = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])


def head_node(folder: Path) -> Project:
    """A project whose sources Snakemake can send: those that git knows."""
    head = Project.new(folder)
    git(head.folder, "init")
    git(head.folder, "add", "--all")
    return head


def on_pods(pods: Path, provider: str, prefix: str | Path) -> tuple[str, ...]:
    """Options by which jobs run in pods below a folder, on files of a storage."""
    return (
        *("--executor", "cluster-generic", "--jobs", "2", "--seconds-between-status-checks", "1"),
        *("--cluster-generic-submit-cmd", f"sh '{POD}' '{pods}' run"),
        *("--cluster-generic-status-cmd", f"sh '{POD}' '{pods}' status"),
        *("--shared-fs-usage", "none", "--job-deploy-sources", "--latency-wait", "5"),
        *("--default-storage-provider", provider, "--default-storage-prefix", str(prefix)),
    )


def assert_same_run(stored: Callable[[str], Path], local: Project, run: str) -> None:
    """The files of a run that a storage has, by name, are those of a run without one."""
    for name in ("metrics.csv", "evaluation.csv", "predictions.csv", "misclassified.csv"):
        ours = stored(f"{run}/{name}").read_bytes()
        assert ours == (local.folder / run / name).read_bytes(), name
    network = f"{run}/checkpoint.pt"
    assert_same_checkpoint(stored(network), local.folder / network)
