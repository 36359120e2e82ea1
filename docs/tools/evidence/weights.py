"""The weights of published networks: a file per variant that numpy reads.

np.load("docs/evidence/claims/weights/gn.npz") holds `seeds` and, by the names of model.py's state
dict, arrays with a network per seed, float32 (counts int64). A network takes 34 kB, because random
digits do not compress: the first seeds of each variant are kept, 8 MB in all.
"""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from normstudy.errors import StudyError
from normstudy.network.checkpoint import load_checkpoint, tensors_sha256
from normstudy.network.model import model_of
from normstudy.records import layout
from normstudy.records.files import replacing
from torch import nn

from .store import Evidence, read

NETWORKS = 232  # in a folder of evidence
CLAIMS = Path(__file__).resolve().parents[2] / "evidence" / "claims"


def write_weights(evidence: Evidence, results: Path, folder: Path) -> None:
    """Write folder/weights/<variant>.npz: the networks that are there already, and new ones.

    Args:
        evidence: all published runs. A network with another digest than its run is left out.
        results: the results folder that has the new ones.
        folder: that of the evidence.
    """
    variants = list(dict.fromkeys(variant for variant, _ in evidence.names))
    for variant in variants:
        states = _read(folder, variant)
        seeds = [seed for name, seed in evidence.names if name == variant]
        for seed in seeds:
            path = layout.run_folder(results, variant, seed) / "checkpoint.pt"
            if path.exists():
                model, _ = load_checkpoint(path, (variant, seed))
                states[seed] = {name: t.numpy() for name, t in model.state_dict().items()}
        digest = {seed: evidence.record((variant, seed))["tensors_sha256"] for seed in seeds}
        kept = [s for s in seeds if s in states and tensors_sha256(states[s]) == digest[s]]
        kept = kept[: NETWORKS // len(variants)]
        if kept:
            arrays: dict[str, Any] = {
                name: np.stack([states[s][name] for s in kept]) for name in states[kept[0]]
            }
            with replacing(_path(folder, variant)) as temporary, temporary.open("wb") as file:
                np.savez_compressed(file, seeds=np.array(kept), **arrays)


def load_published(variant: str, seed: int, folder: Path = CLAIMS) -> tuple[nn.Module, dict]:
    """A published network in eval mode, and its run's parameters: as `load_checkpoint` of a file.

    Args:
        folder: of the evidence.

    Raises:
        StudyError: its weights were not published, or are damaged.
    """
    evidence, states = read(folder), _read(folder, variant)
    if seed not in states:
        raise StudyError(f"{folder} does not have the weights of {variant} seed {seed}")
    if tensors_sha256(states[seed]) != evidence.record((variant, seed))["tensors_sha256"]:
        raise StudyError(f"{_path(folder, variant)} is damaged: seed {seed} has another digest")
    recipe = evidence.facts["recipes"][variant]
    model = model_of(recipe)
    model.load_state_dict({name: torch.from_numpy(a) for name, a in states[seed].items()})
    return model.eval(), recipe


def _path(folder: Path, variant: str) -> Path:
    return folder / "weights" / f"{variant}.npz"


def _read(folder: Path, variant: str) -> dict[int, dict[str, np.ndarray]]:
    """Seed → state dict of each published network of a variant."""
    if not _path(folder, variant).exists():
        return {}
    with np.load(_path(folder, variant)) as file:
        arrays = dict(file)
    seeds = arrays.pop("seeds").tolist()
    return {s: {n: np.array(a[i]) for n, a in arrays.items()} for i, s in enumerate(seeds)}
