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
from copy import deepcopy
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from normstudy.data.idx import Split, load_split
from normstudy.network.checkpoint import tensors_sha256
from normstudy.network.draws.batches import Batches
from normstudy.network.draws.dropout import dropout_masks
from normstudy.network.draws.streams import key
from normstudy.network.pytorch.cuda import CudaTrainer, recorded
from normstudy.network.pytorch.trainer import Trainer, initial_network
from normstudy.network.schedule import one_cycle
from normstudy.network.scoring import score
from torch.func import functional_call, grad, stack_module_state, vmap
from torch.nn.functional import nll_loss

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


class Stacked:
    """Several seeds of a variant as one network with stacked weights, a step for all at once.

    For normalizations without running averages; whole batches only.
    """

    def __init__(self, recipe: dict, seeds: list[int], split: Split):
        self.device, self.recipe, self.seeds = torch.device(recipe["device"]), recipe, seeds
        models = [initial_network(recipe, seed).to(self.device) for seed in seeds]
        weights, _ = stack_module_state(models)
        self.weights = {name: w.detach() for name, w in weights.items()}
        self.model = deepcopy(models[0])
        self.model.train()
        self.dropouts = [self.model.block2b.dropout, self.model.block3.dropout]
        self.batches = [Batches(split, recipe, seed) for seed in seeds]
        self.steps = len(split.labels) // recipe["batch_size"]
        self.rates, self.momenta = one_cycle(recipe, self.steps)
        self.velocities = {name: torch.zeros_like(w) for name, w in self.weights.items()}
        self.gradient = vmap(grad(self._loss))
        self.graph, self.given = None, []

    def _loss(self, weights, images, labels, *masks):
        for layer, mask in zip(self.dropouts, masks, strict=True):
            layer.mask = lambda shape, mask=mask: mask
        return nll_loss(functional_call(self.model, weights, (images,)), labels)

    def _step(self, rate, momentum, *given):
        gradients = self.gradient(self.weights, *given)
        for name, weight in self.weights.items():
            velocity = self.velocities[name].mul_(momentum).add_(gradients[name])
            weight.sub_(velocity * rate)

    def _draw(self, shown: list, epoch: int, step: int) -> list[torch.Tensor]:
        images, labels = (np.stack(part) for part in zip(*shown, strict=True))
        size = self.recipe["batch_size"]
        shapes, p = [(size, 16, 8, 8), (size, 16, 6, 6)], self.recipe["dropout"]
        streams = [key(seed, "dropout", epoch) for seed in self.seeds]
        masks = [
            np.stack([dropout_masks(shape, step, number, p, stream) for stream in streams])
            for number, shape in enumerate(shapes)
        ]
        return [torch.from_numpy(part) for part in (images[:, :, None], labels, *masks)]

    @torch.no_grad()
    def epoch(self, epoch: int) -> None:
        """Train all seeds for one epoch."""
        epochs = zip(*(batches.epoch(epoch) for batches in self.batches), strict=True)
        for step, shown in enumerate(islice(epochs, self.steps)):
            number = (epoch - 1) * self.steps + step
            given = [torch.tensor(float(v[number])) for v in (self.rates, self.momenta)]
            given += self._draw(list(shown), epoch, step)
            if self.device.type != "cuda":
                self._step(*given)
                continue
            if self.graph is None:
                self.given = [tensor.to(self.device) for tensor in given]
                changed = [*self.weights.values(), *self.velocities.values()]
                self.graph = recorded(lambda: self._step(*self.given), changed)
            for static, tensor in zip(self.given, given, strict=True):
                static.copy_(tensor.pin_memory(), non_blocking=True)
            self.graph.replay()

    def replay(self) -> None:
        """An epoch's steps on the device alone, on the same batch."""
        for _ in range(self.steps if self.graph else 0):
            self.graph.replay()


def stacked(device: str, train: Split, counts: list[int]) -> dict:
    """Seconds per epoch of so many seeds of gn at once, in one process."""
    recipe, found = recipe_of(device, "gn", epochs=3), {}
    for count in counts:
        job = Stacked(recipe, list(range(1, count + 1)), train)
        _, seconds = (timed(job.epoch, epoch) for epoch in (1, 2))
        device_seconds = timed(job.replay)
        found[f"{count} seeds"] = {"seconds per epoch": round(seconds, 2)}
        found[f"{count} seeds"]["of which on the device"] = round(device_seconds, 2)
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
    parser.add_argument("--stacked", type=int, nargs="*", default=[1, 5, 20])
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
    tell("stacked", stacked(options.device, train, options.stacked))
    tell("accuracy", accuracy(options.device, (train, test), options.epochs, options.seeds))


if __name__ == "__main__":
    main()
