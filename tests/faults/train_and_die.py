"""train_and_die.py PROJECT FOLDER MOMENT: the real training script, killed at a moment.

Runs workflow/scripts/train.py on the sample, writing to FOLDER, and sends itself SIGKILL at:

    never               the run ends by itself
    mid-epoch           in the middle of epoch 3
    saving-state        with half of the resume file of epoch 2 written
    state-not-moved     with the resume file of epoch 2 written, not yet in place
    between-outputs     after metrics.csv, before checkpoint.pt
    outputs-written     after both
"""

import os
import runpy
import signal
import sys
from pathlib import Path
from types import SimpleNamespace

import yaml
from normstudy.config.check import check
from normstudy.data.checksums import CHECKSUMS, sha256
from normstudy.data.idx import FILE_NAMES
from normstudy.network import checkpoint
from normstudy.network.kernels import engine
from normstudy.records import files

project, folder, moment = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]


def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)


def die_at_call(owner, name, number, before=None, after=None):
    """Replace owner.name by itself, deadly at its call `number`."""
    function, calls = getattr(owner, name), 0

    def deadly(*arguments, **options):
        nonlocal calls
        calls += 1
        if calls == number and before:
            before(*arguments)
        answer = function(*arguments, **options)
        if calls == number and after:
            after()
        return answer

    setattr(owner, name, deadly)


def write_half_and_die(path, content):
    with path.open("wb") as file:
        file.write(content[: len(content) // 2])
    die()


STEPS = 800 // 64 + 1
MOMENTS = {
    "mid-epoch": (engine.Trainer, "step", 2 * STEPS + 5, die),
    "saving-state": (Path, "write_bytes", 2, write_half_and_die),
    "state-not-moved": (Path, "replace", 4, die),
    "between-outputs": (files, "write_csv", 1, None, die),
    "outputs-written": (checkpoint, "save_checkpoint", 1, None, die),
}
if moment in MOMENTS:
    die_at_call(*MOMENTS[moment])

raw = project / "tests" / "data" / "MNIST-sample"
folder.mkdir(parents=True, exist_ok=True)
listing = folder / CHECKSUMS
listing.write_text("".join(f"{sha256(raw / name)}  {raw / name}\n" for name in FILE_NAMES))
study = yaml.safe_load((project / "config.yaml").read_text(encoding="utf-8"))
study["training"].update(epochs=4, device="cpu")
recipe = check(study).run_parameters("bn_l1")
outputs = {"metrics": "metrics.csv", "checkpoint": "checkpoint.pt", "provenance": "provenance.json"}
script = project / "workflow" / "scripts" / "train.py"
snakemake = SimpleNamespace(
    input=SimpleNamespace(raw=[str(raw / name) for name in FILE_NAMES], checksums=str(listing)),
    output=SimpleNamespace(**{key: str(folder / name) for key, name in outputs.items()}),
    params=SimpleNamespace(recipe=recipe, code={}),
    config={"resume": None},
    wildcards=SimpleNamespace(variant="bn_l1", seed="1"),
    log=[str(folder / "logs/train/run.log")],
    scriptdir=str(script.parent),
)
runpy.run_path(str(script), init_globals={"snakemake": snakemake})
