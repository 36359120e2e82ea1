"""make bench: how fast the engines and the workflow are on this machine.

Measures, each in a process of its own:

    engines     an epoch of the reference loop, the PyTorch engine and the kernels, in turn: seconds
                of processor time, and ratios of neighbours, which hold on a machine that others
                use too; the kernels' share of this core's peak of fused multiply-adds
    workflow    a run with nothing to do, and remaking the report alone

Writes results/benchmarks/bench.md and the tables *.csv beside it, and the table of engines into
README.md.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd
from normstudy.network.compiled import compiled
from normstudy.network.kernels.simd import LANES, add, fma, spread, store
from normstudy.records.machine import processor

ROOT = Path(__file__).parent.parent
OUT = ROOT / "results" / "benchmarks"
VARIANTS = {
    "gn": "Group Normalization",
    "ln": "Layer Normalization",
    "bn_l1": "Batch Normalization + L1",
}
ENGINES = ("reference", "pytorch", "kernels")
# Multiply-adds of the convolutions forward and backward (three times the forward's, less the
# gradient of the first one's input) for 60,000 images, and forward for 10,000, twice.
CONVOLUTIONS = ((1, 8, 26), (8, 16, 24), (8, 12, 10), (12, 16, 8), (16, 16, 6), (16, 16, 6))
FORWARD = sum(9 * i * o * size**2 for i, o, size in CONVOLUTIONS) + 16 * 8 * 24**2
EPOCH_GFLOP = 2 * (60_000 * (3 * FORWARD - 9 * 8 * 26**2) + 10_000 * FORWARD) / 1e9
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT / "workflow" / "scripts")}


def epoch(engine: str, variant: str, raw: Path) -> dict:
    """What an epoch in a process of its own measured."""
    command = [sys.executable, ROOT / "benchmarks" / "epoch.py", engine, variant, raw]
    answer = subprocess.run(command, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(answer.stdout)


def measure_engines(raw: Path, rounds: int, peak: float) -> pd.DataFrame:
    """A row per variant: medians over the rounds, in each of which the engines take turns."""
    rows = []
    for variant in VARIANTS:
        seen = [{engine: epoch(engine, variant, raw) for engine in ENGINES} for _ in range(rounds)]
        seconds = [{engine: of[engine]["seconds"] for engine in ENGINES} for of in seen]
        kernels = median(of["kernels"] for of in seconds)
        rows.append(
            {
                "variant": variant,
                **{engine: median(of[engine] for of in seconds) for engine in ENGINES},
                "over_pytorch": median(of["pytorch"] / of["kernels"] for of in seconds),
                "over_reference": median(of["reference"] / of["kernels"] for of in seconds),
                "share_of_peak": EPOCH_GFLOP / kernels / peak,
                "memory_mb": max(of["kernels"]["peak_memory_mb"] for of in seen),
            }
        )
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


def timed_snakemake(*arguments: str) -> float:
    """Seconds of a snakemake command."""
    started = time.perf_counter()
    command = [sys.executable, "-m", "snakemake", "--cores", "2", *arguments]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if answer.returncode:
        sys.exit(answer.stderr)
    return time.perf_counter() - started


def measure_workflow() -> pd.DataFrame:
    """Seconds of a run with nothing to do, and of remaking the report of the default study."""
    timed_snakemake()
    noop = [timed_snakemake() for _ in range(5)]
    report = [timed_snakemake("--forcerun", "report") for _ in range(3)]
    rows = [
        ("nothing to do", median(noop), min(noop), max(noop)),
        ("the report alone", median(report), min(report), max(report)),
    ]
    return pd.DataFrame(rows, columns=["what", "median_seconds", "min_seconds", "max_seconds"])


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
    parser.add_argument("--only-engines", action="store_true")
    options = parser.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    peak = fma_peak()
    tables = {"engines": measure_engines(options.raw, options.rounds, peak)}
    if not options.only_engines:
        tables["workflow"] = measure_workflow()
    sections = [f"# Speed on {processor()}: {peak:.0f} GFLOP/s of fused multiply-adds per core\n"]
    for name, table in tables.items():
        table.round(3).to_csv(OUT / f"{name}.csv", index=False)
        sections.append(f"## {name}\n\n```\n{table.round(2).to_string(index=False)}\n```\n")
    text = "\n".join(sections)
    (OUT / "bench.md").write_text(text, encoding="utf-8")
    readme = ROOT / "README.md"
    before = readme.read_text(encoding="utf-8")
    table = readme_table(tables["engines"])
    after = re.sub(r"\| \| (a )?loop with DataLoader.*\n(\|.*\n)+", lambda _: table, before)
    readme.write_text(after, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
