"""epoch.py ENGINE VARIANT RAW: time one epoch, 60,000 training and 10,000 test images.

ENGINE is "reference" (reference_loop.py), "pytorch" or "kernels" (the project's engines, after a
few batches that warm up and, once, compile). Prints a line of JSON: seconds of processor time,
peak_memory_mb, test_accuracy.
"""

import argparse
import json
import resource
import time
from pathlib import Path

import torch
import yaml
from normstudy.config.check import check
from normstudy.data.idx import Split, load_split
from normstudy.network.training import train
from reference_loop import ReferenceLoop

ROOT = Path(__file__).parent.parent

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("engine", choices=["reference", "pytorch", "kernels"])
parser.add_argument("variant")
parser.add_argument("raw", type=Path)
options = parser.parse_args()

torch.set_num_threads(1)
study = check(yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8")))
recipe = study.run_parameters(options.variant) | {"epochs": 1, "engine": options.engine}
splits = load_split(options.raw, "train"), load_split(options.raw, "test")
if options.engine == "reference":
    started = time.process_time()
    accuracy = ReferenceLoop(recipe, *splits).epoch()["test_accuracy"]
else:
    few = (Split(split.images[:500], split.labels[:500]) for split in splits)
    train(recipe, 1, *few)
    started = time.process_time()
    _, metrics = train(recipe, 1, *splits)
    accuracy = metrics["test_accuracy"].iloc[0]
seconds = time.process_time() - started
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # Linux counts in KiB
print(json.dumps({"seconds": seconds, "test_accuracy": accuracy, "peak_memory_mb": round(peak)}))
