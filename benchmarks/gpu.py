"""What a CUDA device makes of a run: speed with and without graphs, determinism, accuracy.

    PYTHONPATH=workflow/scripts python -m benchmarks.gpu data/MNIST/raw docs/gpu.json

It needs PyTorch, Numba, NumPy and pandas only. Without a GPU, `--device cpu --images 1000` tries
the parts that are not about CUDA. Each part is printed and written as soon as it is measured.
"""

import argparse
import json
import platform
import statistics
import time
from pathlib import Path

import torch
from normstudy.data.idx import Split, load_split
from normstudy.network.checkpoint import tensors_sha256
from normstudy.network.draws.batches import Batches
from normstudy.network.pytorch.cuda import CudaTrainer
from normstudy.network.pytorch.trainer import Trainer
from normstudy.network.scoring import score

RECIPE = {"norm_options": {}, "num_classes": 10, "dropout": 0.04, "mean": 0.1307, "std": 0.3081}
RECIPE |= {"batch_size": 64, "max_lr": 0.015, "base_momentum": 0.85, "max_momentum": 0.95}
RECIPE |= {"l1": 0.0, "l1_reduction": "mean", "precision": "fp32", "threads": 1}
RECIPE |= {"rotation_degrees": 7, "brightness": 0.4, "contrast": 0.4}
VARIANTS = {
    "gn": {"norm": "group"},
    "ln": {"norm": "layer"},
    "bn_l1": {"norm": "batch", "l1": 1e-4},
}


def recipe_of(device: str, variant: str, epochs: int) -> dict:
    """A variant's recipe."""
    return RECIPE | {"device": device, "epochs": epochs} | VARIANTS[variant]


def make_trainer(recipe: dict, seed: int, split: Split, graph: bool) -> Trainer:
    """The trainer of a run, with or without a graph."""
    if recipe["device"] == "cuda":
        return CudaTrainer(recipe, seed, split, graph)
    return Trainer(recipe, seed, split)


def trained(recipe: dict, seed: int, split: Split, graph: bool = True) -> Trainer:
    """The trainer of a run that was trained to its end."""
    trainer = make_trainer(recipe, seed, split, graph)
    for epoch in range(1, recipe["epochs"] + 1):
        trainer.epoch(epoch)
    return trainer


def timed(work, *given) -> float:
    """Seconds that a call takes, with the device's work done before and after."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    started = time.perf_counter()
    work(*given)
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.perf_counter() - started


def speed(device: str, splits: tuple[Split, Split], rounds: int) -> dict:
    """Seconds an epoch, training and test, the median of some after the first."""
    train, test = splits
    found = {}
    for variant in VARIANTS:
        for graph in (True, False) if device == "cuda" else (False,):
            trainer = make_trainer(recipe_of(device, variant, rounds + 1), 1, train, graph)
            seconds = [
                timed(trainer.epoch, epoch) + timed(trainer.log_probabilities, test.images)
                for epoch in range(1, rounds + 2)
            ]
            name = f"{variant}, {'graph' if graph else 'no graph'}"
            found[name] = round(statistics.median(seconds[1:]), 3)
    seconds = [timed(list, Batches(train, RECIPE, 1).epoch(epoch)) for epoch in (1, 2, 3)]
    found["augmentation on the CPU alone"] = round(statistics.median(seconds), 3)
    return found


def determinism(device: str, train: Split) -> dict:
    """Whether two runs of two epochs have the same bits, and whether graphs change any."""
    found = {}
    for variant in VARIANTS:
        recipe = recipe_of(device, variant, epochs=2)
        runs = [trained(recipe, 1, train, graph).state_dict() for graph in (True, True, False)]
        first, again, no_graph = map(tensors_sha256, runs)
        found[variant] = {"two runs are equal": first == again}
        found[variant]["graph and no graph are equal"] = first == no_graph
    return found


def accuracy(device: str, splits: tuple[Split, Split], epochs: int, seeds: int) -> dict:
    """Test accuracy of whole runs, by variant: mean, standard deviation, all of them."""
    train, test = splits
    found = {}
    for variant in VARIANTS:
        recipe = recipe_of(device, variant, epochs)
        runs = (trained(recipe, seed, train) for seed in range(1, seeds + 1))
        outputs = (run.log_probabilities(test.images) for run in runs)
        values = [round(score(log_probs, test.labels)[1], 2) for log_probs in outputs]
        deviation = round(statistics.stdev(values), 3) if seeds > 1 else None
        found[variant] = {"mean": round(statistics.mean(values), 3)}
        found[variant] |= {"standard deviation": deviation, "runs": values}
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("raw", type=Path, help="folder with the IDX files")
    parser.add_argument("out", type=Path, help="JSON to write")
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--images", type=int, help="training images; all by default")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    train = load_split(options.raw, "train", options.images)
    test = load_split(options.raw, "test", options.images)
    cuda = options.device == "cuda"
    found = {
        "card": torch.cuda.get_device_name() if cuda else None,
        "python": platform.python_version(),
        "torch": torch.__version__,
    }

    def tell(part: str, value: object) -> None:
        found[part] = value
        print(f"{part}: {json.dumps(value)}", flush=True)
        options.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")

    tell("speed", speed(options.device, (train, test), options.rounds))
    tell("determinism", determinism(options.device, train))
    tell("accuracy", accuracy(options.device, (train, test), options.epochs, options.seeds))


if __name__ == "__main__":
    main()
