"""Whether the kernels compute what model.py says, and the bits that they give elsewhere."""

import hashlib
from contextlib import suppress
from functools import partial

import numpy as np

from ...data.idx import Split
from ...errors import StudyError
from ...records.files import replacing
from ..compiled import FOLDER, compiled
from ..draws.augmentation import normalize
from ..draws.dropout import dropout_masks, key_words
from ..draws.initial import initial_weights
from ..draws.streams import key, uniforms
from .engine import Network, Trainer, shapes_of

# Digest of what a few steps give; a test computes it as other processors do.
REFERENCE = "3171d24aecd57394c34a0538bb3bf5b2bcf354cf2b92d0ac00d3313140baade3"
IMAGES = 20  # of the batch that is compared: more than a vector's, no multiple of it
# In units of a tensor's largest value. Single precision is 1e-6 off; a changed layer, far more.
LOG_PROBS, GRADIENTS = 1e-5, 1e-4


def numbers(name: str, *shape: int) -> np.ndarray:
    """Uniform in ±1, float32: the same in every run."""
    drawn = uniforms(key(0, "initialisation", f"check/{name}"), int(np.prod(shape)))
    return (2 * drawn - 1).astype(np.float32).reshape(shape)


def trial_state(recipe: dict) -> dict[str, np.ndarray]:
    """Weights for the comparison: before a normalization so small that its epsilon shows."""
    state = initial_weights(shapes_of(recipe), 0)
    for name, array in state.items():
        if ".norm." in name and array.shape:
            array += 0.3 * numbers(name, *array.shape)
        elif name.endswith("conv.weight") and recipe["norm"] != "none":
            array *= 0.1 if name.startswith(("input", "block")) else 1
    return state


def difference(recipe: dict) -> str | None:
    """What differs between the kernels and the network that `build_model` returns, if anything.

    One batch goes through both: log-probabilities in train mode with dropout, all gradients (by
    autograd in float64), Batch Norm's running averages, log-probabilities in eval mode.
    """
    import torch  # takes seconds
    from torch.nn.functional import nll_loss

    from ..model import Dropout, model_of

    torch.set_num_threads(recipe["threads"])  # more would wait for each other, 20 times as long
    recipe = recipe | {"batch_size": IMAGES, "mean": 0.5, "std": 0.25}
    model = model_of(recipe)
    shapes = {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}
    if shapes != shapes_of(recipe):
        return "the names or shapes of its parameters"
    state, stream = trial_state(recipe), key(0, "dropout", "check")
    network = Network(recipe, state)
    inputs, labels = numbers("images", IMAGES, 28, 28), np.arange(IMAGES) % recipe["num_classes"]
    images = (127.5 * (1 + inputs)).astype(np.uint8)
    model.load_state_dict({name: torch.from_numpy(array) for name, array in state.items()})
    model.double().train()
    dropouts = [layer for layer in model.modules() if isinstance(layer, Dropout)]
    for number, layer in enumerate(dropouts):
        layer.mask = partial(dropout_masks, step=0, layer=number, p=layer.p, stream=stream)
    expected = model(torch.from_numpy(inputs)[:, None].double())
    nll_loss(expected, torch.from_numpy(labels)).backward()
    said = network.step(inputs, labels, (recipe["dropout"], 0, *key_words(stream)))

    def apart(ours: np.ndarray, theirs: torch.Tensor, scale: float) -> bool:
        return not np.abs(ours - theirs.detach().numpy()).max() <= scale

    if apart(said, expected, LOG_PROBS * max(1, np.abs(said).max())):
        return "its output in training"
    slopes = {name: p.grad for name, p in model.named_parameters() if p.grad is not None}
    top = max(slope.abs().max().item() for slope in slopes.values())
    for name, slope in slopes.items():
        scale = slope.abs().max().item()
        if scale < 1e-9 * top:  # zero but for rounding, as most of Instance Norm's
            scale = top
        if apart(network.gradient[name], slope, GRADIENTS * scale):
            return f"the gradient of {name}"
    for name, tensor in model.state_dict().items():
        if apart(network.arrays[name], tensor.float(), LOG_PROBS * max(1, tensor.abs().max())):
            return f"{name} after a step"
    said = network.log_probabilities(images)
    levels = torch.from_numpy(normalize(images, recipe["mean"], recipe["std"]))
    expected = model.eval()(levels[:, None].double())
    if apart(said, expected, LOG_PROBS * max(1, np.abs(said).max())):
        return "its output in evaluation"
    return None


def few_steps() -> str:
    """A digest of two short trainings: weights and all outputs, from first draw to evaluation."""
    images = (127.5 * (1 + numbers("training images", 150, 28, 28))).astype(np.uint8)
    split = Split(images, np.arange(150) % 10)
    recipe = {
        "norm_options": {},
        "num_classes": 10,
        "epochs": 1,
        "batch_size": 64,
        "max_lr": 0.1,
        "base_momentum": 0.85,
        "max_momentum": 0.95,
        "dropout": 0.04,
        "l1": 1e-4,
        "l1_reduction": "mean",
        "rotation_degrees": 7,
        "brightness": 0.4,
        "contrast": 0.4,
        "mean": 0.1307,
        "std": 0.3081,
    }
    digest = hashlib.sha256()
    for norm in ("group", "batch"):
        trainer = Trainer(recipe | {"norm": norm}, 1, split)
        outputs, _ = trainer.epoch(1)
        for array in (outputs, trainer.weights, trainer.log_probabilities(images)):
            digest.update(array.tobytes())
    return digest.hexdigest()


@compiled
def keeps_denormals(smallest):
    """Whether half the smallest normal number is not 0: some libraries switch a process to that."""
    return smallest / np.float32(2) > 0


def gives_reference_bits() -> bool:
    """Whether this machine's few steps are the reference's, and this process keeps denormals.

    The former is computed once per cache of `compiled`.
    """
    if not keeps_denormals(np.finfo(np.float32).tiny):
        return False
    kept = FOLDER / "few_steps.txt" if FOLDER else None
    if kept and kept.exists():
        return kept.read_text(encoding="utf-8") == REFERENCE
    found = few_steps()
    if kept:
        with suppress(StudyError), replacing(kept) as temporary:  # a full disk: next time
            temporary.write_text(found, encoding="utf-8")
    return found == REFERENCE
