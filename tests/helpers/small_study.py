"""Two models trained, evaluated and digested: python -m helpers.small_study (in tests/).

Prints variant, what, and the SHA-256 of its values for metrics, weights and predictions.
"""

import hashlib
from dataclasses import replace

import torch
import yaml
from normstudy.config.check import check
from normstudy.data.idx import load_split
from normstudy.evaluation.predictions import evaluate, predictions_table
from normstudy.network.checkpoint import tensors_sha256
from normstudy.network.model import model_of
from normstudy.network.training import on_this_machine, train

from helpers.places import ROOT, SAMPLE


def first(split, count):
    """A split's first images."""
    return replace(split, images=split.images[:count], labels=split.labels[:count])


def main() -> None:
    study = check(yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8")))
    splits = first(load_split(SAMPLE, "train"), 300), load_split(SAMPLE, "test")
    for variant in ("gn", "bn_l1"):
        recipe = study.run_parameters(variant) | {"epochs": 2, "engine": "kernels"}
        recipe = on_this_machine(recipe)
        weights, metrics = train(recipe, 1, *splits)
        network = model_of(recipe)
        network.load_state_dict({name: torch.tensor(array) for name, array in weights.items()})
        evaluation, log_probs = evaluate(network.eval(), recipe, *splits)
        predictions = predictions_table(log_probs, splits[1].labels)
        tables = {"metrics": metrics, "evaluation": evaluation, "predictions": predictions}
        for name, table in tables.items():
            text = table.to_csv(index=False).encode()
            print(variant, name, hashlib.sha256(text).hexdigest())
        print(variant, "weights", tensors_sha256(weights))


if __name__ == "__main__":
    main()
