"""What README.md tells a person to write, taken from it word for word, runs to the end."""

import json
import re
import shlex
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from helpers.fetched import idx
from helpers.places import ROOT
from helpers.project import Project
from normstudy.data.idx import FILES

BLOCKS = re.findall(r"```(\w+)\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.S)


def block(language: str, words: str) -> str:
    """The one code block of README.md in that language that has the words."""
    (found,) = (code for name, code in BLOCKS if name == language and words in code)
    return found


def write_letters(folder: Path, splits) -> None:
    """A dataset of three classes in MNIST's format: the sample's images of 0, 1 and 2."""
    folder.mkdir(parents=True)
    for names, split in zip(FILES.values(), splits, strict=True):
        few = split.labels < 3
        for name, array in zip(names, (split.images[few], split.labels[few]), strict=True):
            (folder / name).write_bytes(idx(array.shape, array.astype(np.uint8).tobytes()))


@pytest.fixture(scope="module")
def extended(tmp_path_factory, sample) -> Project:
    """A study with a variant, a normalization, a dataset and a claim, all as README.md has them."""
    folder = tmp_path_factory.mktemp("readme")
    project = Project.new(folder / "project")
    write_letters(folder / "home" / "letters", sample)
    model = "workflow/scripts/normstudy/network/model.py"
    comment = "# name -> function of the number of channels"
    registry = "NORMS: dict[str, Callable[..., nn.Module]] = {\n"
    function, line = block("python", "def "), block("python", '": ')
    project.edit(model, comment, f"{function}\n\n{comment}")  # NORMS keeps its comment
    project.edit(model, registry, f"{registry}{line}")
    (name,) = re.findall(r'"(\w+)": ', line)
    study = (
        block("yaml", "source:"),
        "training: {epochs: 1, device: cpu}\nvariants:\n  ln: null\n  bn_l1: null\n",
        f"  own: {{label: One of my own, norm: {name}}}\n",
        block("yaml", "max_lr:"),
        "claims:\n",
        block("yaml", "metric:"),
    )
    (project.folder / "mine.yaml").write_text("".join(study), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(Path.home() / ".cache"))  # matplotlib's list of fonts
        patch.setenv("HOME", str(folder / "home"))
        project.snakemake("--configfile", "mine.yaml")
    return project


def test_every_variant_is_trained_on_the_classes_of_the_dataset(extended):
    engines = {"gn": "kernels", "rms_high_lr": "kernels", "own": "pytorch"}  # as `auto` resolves
    for variant, engine in engines.items():
        run = extended.folder / "results" / variant / "seed-1"
        state = torch.load(run / "checkpoint.pt", weights_only=True)["state_dict"]
        assert len(state["output.conv.weight"]) == 3
        record = json.loads((run / "provenance.json").read_text(encoding="utf-8"))
        assert record["recipe"]["engine"] == engine
        assert set(pd.read_csv(run / "predictions.csv")["label"]) == {0, 1, 2}
    assert "block4.norm.weight" not in state  # affine=False


def test_the_claim_is_judged_against_every_rival(extended):
    comparisons = pd.read_csv(extended.folder / "results/tables/comparisons.csv")
    assert set(comparisons["claim"]) == {"rms-best-test"}
    assert set(comparisons["rival"]) == {"gn", "own"}


def test_the_report_is_about_this_dataset_alone(extended):
    page = (extended.folder / "results" / "report.html").read_text(encoding="utf-8")
    words = re.sub(r"<(style|script|pre).*?</\1>|src=\"data:[^\"]*\"", "", page, flags=re.S)
    assert "Group, Plain batch and Root Mean Square Normalization on letters" in words
    assert "Batch Normalization without a learned factor and offset" in words
    assert "of 28×28 grey levels in 3 classes" in words
    for foreign in ("MNIST", "digit", "EVA6", "Northcutt", "replicated"):
        assert foreign not in words


COMMANDS = [line for line in block("sh", "activate").splitlines() if line.startswith("snakemake")]
TRAINED = (3, 3, 1, 1, 3, 6)


@pytest.mark.parametrize(("line", "runs"), list(zip(COMMANDS, TRAINED, strict=True)))
def test_each_command_would_train_what_its_comment_says(sources, line, runs):
    _, *arguments = shlex.split(line, comments=True)
    assert sources.planned(*arguments)["train"] == runs
