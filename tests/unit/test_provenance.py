"""What ran, on what: each fact against another way of learning it."""

import hashlib
import json
import os
import re
import struct
import subprocess

import pytest
import torch
from helpers.places import ROOT
from helpers.project import git
from normstudy.network.checkpoint import tensors_sha256
from normstudy.records.json_records import JobCost
from normstudy.records.machine import accelerator, processor
from normstudy.records.provenance import commit, job_costs, user_name, versions


def test_the_digest_is_of_names_dtypes_shapes_and_values():
    state = {"b": torch.tensor(7), "a": torch.tensor([[1.5, -2.0]])}
    content = b"a float32 1,2\n" + struct.pack("<2f", 1.5, -2.0)
    content += b"b int64 \n" + struct.pack("<q", 7)
    assert tensors_sha256(state) == hashlib.sha256(content).hexdigest()


def test_versions_are_those_that_are_pinned(tmp_path):
    pins = dict(re.findall(r"^([\w-]+)==(\S+)", (ROOT / "requirements.in").read_text(), re.M))
    assert versions(ROOT / "requirements.in") == pins
    (tmp_path / "other.in").write_text("# a comment\nno-such-package-as-this>=1\nPyTest\n")
    found = {"no-such-package-as-this": None, "PyTest": pytest.__version__}
    assert versions(tmp_path / "other.in") == found


def test_the_commit_and_whether_files_differ_from_it(tmp_path):
    assert commit(tmp_path) is None
    git(tmp_path, "init")
    assert commit(tmp_path) is None  # before the first
    (tmp_path / "file").write_text("1")
    git(tmp_path, "add", "file")
    git(tmp_path, "commit", "-m", "first")
    head = git(tmp_path, "log", "--format=%H").strip()
    assert commit(tmp_path) == {"commit": head, "modified": False}
    (tmp_path / "file").write_text("2")
    assert commit(tmp_path)["modified"]


def test_another_repositorys_commit_is_not_taken_for_the_projects(tmp_path, monkeypatch):
    for name in ("project", "other"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "file").write_text(name)
        git(folder, "init")
        git(folder, "add", "file")
        git(folder, "commit", "-m", name)
    ours = commit(tmp_path / "project")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other" / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path / "other"))
    assert commit(tmp_path / "project") == ours
    unpacked = tmp_path / "other" / "unpacked"
    unpacked.mkdir()
    (unpacked / "file").write_text("1")
    assert commit(unpacked) is None


def test_the_name_that_git_knows_the_user_by(tmp_path, monkeypatch):
    for scope in ("GLOBAL", "SYSTEM"):
        monkeypatch.setenv(f"GIT_CONFIG_{scope}", os.devnull)
    assert user_name(tmp_path) is None
    git(tmp_path, "init")
    git(tmp_path, "config", "user.name", "Ada L.")
    assert user_name(tmp_path) == "Ada L."
    assert user_name(tmp_path / "nowhere") is None


def test_the_processor_is_the_one_lscpu_names():
    described = subprocess.check_output(["lscpu"], text=True, env=os.environ | {"LC_ALL": "C"})
    (model,) = re.findall(r"^Model name: *(.+?)$", described, re.M)
    (threads,) = re.findall(r"^CPU\(s\): *(\d+)$", described, re.M)
    assert processor() == f"{model}, {threads} cores"
    assert accelerator("cpu") is None


def test_costs_are_those_of_the_benchmark_files_and_valid_json(tmp_path):
    head = "s\th:m:s\tmax_rss\tmax_vms\tmax_uss\tmax_pss\tio_in\tio_out\tmean_load\tcpu_time\n"
    for rule in ("train", "misclassified"):
        (tmp_path / rule).mkdir()
    (tmp_path / "train/gn-seed-1.tsv").write_text(
        f"{head}12.5\t0:00:12\t930.25\t1\t1\t1\t0\t0\t98\t12\n"
    )
    (tmp_path / "misclassified/gn-seed-1.tsv").write_text(
        f"{head}0.1\t0:00:00\t-\t-\t-\t-\t-\t-\t-\t-\n"
    )
    costs = job_costs(tmp_path, [("gn", 1), ("gn", 2)])  # there are none of seed 2
    assert costs == [
        JobCost("train gn seed 1", seconds=12.5, peak_memory_mb=930.25),
        JobCost("misclassified gn seed 1", seconds=0.1, peak_memory_mb=None),
    ]
    facts = [vars(cost) for cost in costs]
    assert json.loads(json.dumps(facts, allow_nan=False)) == facts


@pytest.mark.parametrize(
    "damaged", [b"", b"s\tmax_rss\n", b"h:m:s\n0:00:12\n", b"\xff\x00", b"s\nlong\n"]
)
def test_a_damaged_benchmark_file_is_a_job_of_unknown_cost(tmp_path, damaged):
    (tmp_path / "train").mkdir()
    (tmp_path / "train/gn-seed-1.tsv").write_bytes(damaged)
    assert job_costs(tmp_path, [("gn", 1)]) == [JobCost("train gn seed 1", None, None)]
