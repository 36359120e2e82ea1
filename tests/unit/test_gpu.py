"""The measurement of a GPU, tried on the CPU: everything but what is about CUDA."""

import json
import sys

from helpers.places import SAMPLE

from benchmarks import gpu


def test_the_measurement_runs_and_seeds_stacked_in_one_job_learn_what_they_learn_alone(
    tmp_path, monkeypatch, sample
):
    out = tmp_path / "gpu.json"
    words = f"{SAMPLE} {out} --device cpu --images 128 --epochs 1 --seeds 2 --rounds 1 --stacked 2"
    monkeypatch.setattr(sys, "argv", ["gpu.py", *words.split()])
    gpu.main()
    found = json.loads(out.read_text(encoding="utf-8"))
    assert list(found)[-4:] == ["speed", "determinism", "stacked", "accuracy"]
    assert all(one["two runs are equal"] for one in found["determinism"].values())
    recipe = gpu.recipe_of("cpu", "gn", epochs=1)
    job = gpu.Stacked(recipe, [1, 2], sample[0])
    job.epoch(1)
    for place, seed in enumerate([1, 2]):
        alone = gpu.Stacked(recipe, [seed], sample[0])
        alone.epoch(1)
        for name, weight in alone.weights.items():
            gpu.torch.testing.assert_close(job.weights[name][place], weight[0], atol=2e-3, rtol=0)
