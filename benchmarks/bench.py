"""make bench: how fast the engines train on this machine.

An epoch of 60,000 training and 10,000 test images with the reference loop (reference_loop.py), the
PyTorch engine and the kernels, in turn, each in a process of its own: seconds of processor time;
ratios of neighbours, which hold on a busy machine too; and the kernels' share of the core's peak of
fused multiply-adds. Writes results/benchmarks/engines.csv, and the README's table.
"""

import argparse
import multiprocessing
import re
import resource
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd
import torch
from normstudy.data.idx import Split, load_split
from normstudy.network.compiled import compiled
from normstudy.network.kernels.simd import LANES, add, fma, spread, store
from normstudy.network.kernels.step import C_IN, C_OUT, SIZE
from normstudy.network.training import train
from normstudy.records.files import write_csv
from normstudy.records.machine import processor

from benchmarks.reference_loop import ROOT, ReferenceLoop, recipe_of

VARIANTS = {
    "gn": "Group Normalization",
    "ln": "Layer Normalization",
    "bn_l1": "Batch Normalization + L1",
}
ENGINES = ("reference", "pytorch", "kernels")
# Multiply-adds of the convolutions forward and backward (three times the forward's, less the
# gradient of the first one's input) for 60,000 images, and forward for 10,000, twice.
FORWARD = (
    sum(9 * i * o * size**2 for i, o, size in zip(C_IN, C_OUT, SIZE, strict=True)) + 128 * 24**2
)
EPOCH_GFLOP = 2 * (60_000 * (3 * FORWARD - 9 * 8 * 26**2) + 10_000 * FORWARD) / 1e9


def epoch(engine: str, variant: str, raw: Path) -> tuple[float, float]:
    """Seconds of processor time of an epoch, and the process's peak memory in MB."""
    torch.set_num_threads(1)
    recipe = recipe_of(variant) | {"epochs": 1, "engine": engine}
    splits = load_split(raw, "train"), load_split(raw, "test")
    if engine == "reference":
        work = ReferenceLoop(recipe, *splits).epoch
    else:
        work = partial(train, recipe, 1, *splits)
        train(recipe, 1, *(Split(s.images[:500], s.labels[:500]) for s in splits))  # compiles
    started = time.process_time()
    work()
    seconds = time.process_time() - started
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # Linux: KiB


def measure(raw: Path, rounds: int, peak: float) -> pd.DataFrame:
    """A row per variant: medians over the rounds, in each of which the engines take turns."""
    rows, fresh = [], multiprocessing.get_context("spawn")
    for variant in VARIANTS:
        seen: dict[str, list] = {engine: [] for engine in ENGINES}
        for _ in range(rounds):
            for engine, of in seen.items():
                with ProcessPoolExecutor(1, fresh) as pool:
                    of.append(pool.submit(epoch, engine, variant, raw).result())
        seconds = {engine: np.array(of)[:, 0] for engine, of in seen.items()}
        ratios = {name: median(seconds[name] / seconds["kernels"]) for name in ENGINES[:2]}
        row = {"variant": variant} | {engine: median(of) for engine, of in seconds.items()}
        row |= {f"over_{name}": ratio for name, ratio in ratios.items()}
        row["share_of_peak"] = EPOCH_GFLOP / row["kernels"] / peak
        rows.append(row | {"memory_mb": max(memory for _, memory in seen["kernels"])})
        print(pd.DataFrame(rows[-1:]).round(2).to_string(index=False), flush=True)
    return pd.DataFrame(rows)


@compiled
def multiply_add(times, out):
    """Twelve independent chains of fused multiply-adds, which fill the pipelines."""
    x, y = spread(np.float32(0.5)), spread(np.float32(1))
    a, b, c, d, e, f = y, y, y, y, y, y
    g, h, i, j, k, m = y, y, y, y, y, y
    for _ in range(times):
        a, b, c, d = fma(a, x, y), fma(b, x, y), fma(c, x, y), fma(d, x, y)
        e, f, g, h = fma(e, x, y), fma(f, x, y), fma(g, x, y), fma(h, x, y)
        i, j, k, m = fma(i, x, y), fma(j, x, y), fma(k, x, y), fma(m, x, y)
    for value in (a, b, c, d, e, f, g, h, i, j, k, m):
        y = add(y, value)
    store(y, out, 0)


def fma_peak(times: int = 2_000_000) -> float:
    """GFLOP per second of this core's fused multiply-adds; the best of some rounds."""
    out, seconds = np.zeros(LANES, np.float32), []
    multiply_add(1, out)
    for _ in range(20):
        started = time.thread_time()
        multiply_add(times, out)
        seconds.append(time.thread_time() - started)
    return 2 * 12 * LANES * times / min(seconds) / 1e9


def readme_table(engines: pd.DataFrame) -> str:
    """The table of engines as the README has it."""
    head = "| | loop with DataLoader and PIL transforms | PyTorch engine | kernels"
    lines = [f"{head} | kernels are faster by | share of FMA peak |", "|---|---|---|---|---|---|"]
    for row in engines.itertuples():
        lines.append(
            f"| {VARIANTS[row.variant]} | {row.reference:.1f} s per epoch | {row.pytorch:.1f} s"
            f" | {row.kernels:.1f} s | {row.over_reference:.1f} and {row.over_pytorch:.1f} times"
            f" | {100 * row.share_of_peak:.0f} % |"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--raw", type=Path, default=ROOT / "data" / "MNIST" / "raw")
    options, peak, readme = parser.parse_args(), fma_peak(), ROOT / "README.md"
    print(f"{processor()}: {peak:.0f} GFLOP/s of fused multiply-adds per core")
    engines = measure(options.raw, options.rounds, peak)
    write_csv(engines.round(3), ROOT / "results" / "benchmarks" / "engines.csv")
    before = readme.read_text(encoding="utf-8")
    table = readme_table(engines)
    after = re.sub(r"\| \| (a )?loop with DataLoader.*\n(\|.*\n)+", lambda _: table, before)
    readme.write_text(after, encoding="utf-8")


if __name__ == "__main__":
    main()
