"""epoch.py ENGINE VARIANT RAW [--threads N]: time one epoch in a process of its own.

ENGINE is "reference" (reference_loop.py) or "ours" (a second epoch of the study's engine, the
first one warming up). Prints a line of JSON: seconds, peak_memory_mb, test_accuracy.
"""

import argparse
import json
import resource
import time
from pathlib import Path

import torch
import yaml
from normstudy.config import resolved as config
from normstudy.config.check import check, load_schema
from normstudy.data.idx import load_split
from normstudy.network.training import train
from reference_loop import ReferenceLoop

ROOT = Path(__file__).parent.parent

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("engine", choices=["reference", "ours"])
parser.add_argument("variant")
parser.add_argument("raw", type=Path)
parser.add_argument("--threads", type=int, default=1)
options = parser.parse_args()

study = check(
    yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8")),
    load_schema(ROOT / "workflow" / "schemas" / "config.schema.yaml"),
)
recipe = config.run_parameters(study, options.variant)
recipe |= {"epochs": 2, "threads": options.threads, "device": "cpu"}
splits = load_split(options.raw, "train"), load_split(options.raw, "test")
if options.engine == "ours":
    seconds = []
    _, metrics = train(recipe, 1, *splits, on_epoch=lambda _, spent: seconds.append(spent))
    result = {"seconds": seconds[-1], "test_accuracy": metrics["test_accuracy"].iloc[0]}
else:
    torch.set_num_threads(options.threads)
    started = time.perf_counter()
    accuracy = ReferenceLoop(recipe, *splits).epoch()["test_accuracy"]
    result = {"seconds": time.perf_counter() - started, "test_accuracy": accuracy}
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # Linux counts in KiB
print(json.dumps(result | {"peak_memory_mb": round(peak)}))
