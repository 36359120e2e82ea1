"""The measurement of a GPU, tried on the CPU: everything but what is about CUDA."""

import json
import sys

from helpers.places import SAMPLE

from benchmarks import gpu


def test_the_measurement_runs(tmp_path, monkeypatch):
    out = tmp_path / "gpu.json"
    words = f"{SAMPLE} {out} --device cpu --images 128 --epochs 1 --seeds 2 --rounds 1"
    monkeypatch.setattr(sys, "argv", ["gpu.py", *words.split()])
    gpu.main()
    found = json.loads(out.read_text(encoding="utf-8"))
    assert list(found)[-3:] == ["speed", "determinism", "accuracy"]
    assert all(one["two runs are equal"] for one in found["determinism"].values())
