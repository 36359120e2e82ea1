"""What `make` does for somebody who only tries it, and what `make clean` takes away."""

import os
import re
import shutil
import subprocess
import sys

import pytest
from helpers.places import ROOT

MADE = (
    *(".venv/bin/python", ".snakemake/log/a.log", "data/MNIST/raw/a", "results/gn/seed-1/a.pt"),
    *("results/.lock", "results/report.html", "workflow/scripts/__pycache__/a.pyc"),
    *(".ruff_cache/a", ".mypy_cache/a"),
)
KEPT = ("results/README.md", "workflow/scripts/train.py", "config.yaml", "mine/data/a")


@pytest.fixture
def folder(tmp_path):
    """A project in which something was made."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    shutil.copytree(ROOT / "workflow" / "envs", tmp_path / "workflow" / "envs")
    for name in (*MADE, *KEPT):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x" * 5000)
    return tmp_path


def make(folder, *words, answer=""):
    environment = {name: value for name, value in os.environ.items() if "MAKE" not in name}
    environment["LC_ALL"] = "C"  # du writes 4,9K elsewhere
    return subprocess.run(
        ["make", *words], cwd=folder, env=environment, input=answer, capture_output=True,
        text=True, check=True,
    ).stdout  # fmt: skip


def test_settings_of_pip_for_installing_elsewhere_do_not_reach_the_environment():
    commands = make(ROOT, "--dry-run", "--always-make", "setup").splitlines()
    (line,) = [line for line in commands if " -m pip " in line]
    for name in ("PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT"):
        assert f"-u {name} " in line


def test_pytorch_for_the_cpu_is_installed_beside_everything_else_of_the_lock(tmp_path):
    """Without a network only the commands can be read, and what they filter."""
    commands = make(ROOT, "--dry-run", "--always-make", "setup", "TORCH=cpu")
    commands = commands.replace("\\\n\t", "").splitlines()
    (of_torch,) = [line for line in commands if "--torch-backend cpu" in line]
    assert "$(grep -E '^(torch|" in of_torch and "requirements.txt" not in of_torch
    (rest,) = [line for line in commands if " uv pip install" in line and line != of_torch]
    assert "--require-hashes" in rest and rest.endswith("-r .venv/without-torch.txt")

    def names(text):
        return set(re.findall(r"^([\w-]+)==", text, re.M))

    shutil.copy(ROOT / "requirements.txt", tmp_path)
    (tmp_path / ".venv").mkdir()
    (filtering,) = [line for line in commands if line.startswith("sed ")]
    subprocess.run(filtering, shell=True, cwd=tmp_path, check=True)
    left = (tmp_path / ".venv/without-torch.txt").read_text()
    gone = names((tmp_path / "requirements.txt").read_text()) - names(left)
    assert {"torch", "torchvision", "triton", "nvidia-cublas", "cuda-toolkit"} <= gone
    assert not names(left) & gone and {"numpy", "snakemake"} <= names(left)
    assert all(re.match(r"[\w.-]+==|    --hash=sha256:", line) for line in left.splitlines())


def test_the_environment_has_the_package_also_when_the_project_is_moved(tmp_path):
    package = tmp_path / "project/workflow/scripts/normstudy.py"
    package.parent.mkdir(parents=True)
    package.write_text("print(__file__)")
    script = ["sh", ROOT / "workflow/envs/make_venv.sh", sys.executable, ".venv"]
    subprocess.run(script, cwd=tmp_path / "project", check=True)
    (tmp_path / "project").rename(tmp_path / "moved")
    command = [tmp_path / "moved/.venv/bin/python", "-c", "import normstudy"]
    said = subprocess.run(command, cwd="/", capture_output=True, text=True, check=True).stdout
    assert said == f"{tmp_path}/moved/workflow/scripts/normstudy.py\n"


def present(folder, names=(*MADE, *KEPT)):
    return [name for name in names if (folder / name).exists()]


def test_bare_make_prints_the_targets_and_does_nothing(folder):
    before = sorted(folder.rglob("*"))
    words = make(folder)
    assert words == make(folder, "help")
    assert sorted(folder.rglob("*")) == before
    makefile = (folder / "Makefile").read_text()
    targets = set(re.search(r"^\.PHONY: (.*(?:\\\n.*)*)", makefile, re.M)[1].split())
    named = set(re.findall(r"^make ([\w-]+)  +\S", words, re.M))
    assert named == targets - {"help", "lint"}


@pytest.mark.parametrize("answer", ["", "\n", "n\n", "what?\n"])
def test_clean_says_what_it_would_delete_and_asks(folder, answer):
    words = make(folder, "clean", answer=answer)
    for name in (".venv", ".snakemake", "data", "results/gn", "results/.lock", "total"):
        assert re.search(rf"^[\d.]+[KM]\s+{re.escape(name)}$", words, re.M), words
    assert "README" not in words
    assert present(folder) == [*MADE, *KEPT]


@pytest.mark.parametrize(("words", "answer"), [(["clean"], "y\n"), (["clean", "YES=1"], "")])
def test_clean_deletes_what_was_made_and_nothing_else(folder, words, answer):
    make(folder, *words, answer=answer)
    assert present(folder) == [*KEPT]
    assert "Nothing to delete" in make(folder, "clean")


def test_clean_follows_no_link_out_of_the_project(folder, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "kept").touch()
    shutil.rmtree(folder / "data")
    (folder / "data").symlink_to(elsewhere)
    make(folder, "clean", "YES=1")
    assert (elsewhere / "kept").exists() and not (folder / "data").is_symlink()
