"""make bench: how fast the engine and the workflow are on this machine.

Measures, each in processes of its own and alternatives in turn (the ratio of neighbours is
what can be trusted on a machine that others use too):

    engine      an epoch of the study's engine against the reference loop, per variant
    limit       the share of this core's measured convolution speed that the engine reaches
    scaling     more threads for one job, against more jobs side by side
    workflow    a run with nothing to do, and remaking the report alone

Writes results/benchmarks/bench.md, bench.png and the tables *.csv beside them.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

import pandas as pd
import torch
from matplotlib.figure import Figure
from normstudy.records.machine import processor

ROOT = Path(__file__).parent.parent
OUT = ROOT / "results" / "benchmarks"
VARIANTS = ("gn", "ln", "bn_l1")
IMAGES = 60_000
# Multiply-adds of forward and backward pass (three times the forward's) over an epoch, twice.
EPOCH_GFLOP = 414
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT / "workflow" / "scripts")}


def start_epoch(raw: Path, engine: str, variant: str, threads: int = 1) -> subprocess.Popen:
    """Start an epoch in a process of its own."""
    command = [sys.executable, ROOT / "benchmarks" / "epoch.py", engine, variant, raw]
    command += ["--threads", str(threads)]
    return subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True)


def finish(process: subprocess.Popen) -> dict:
    """What the process measured."""
    output, _ = process.communicate()
    if process.returncode:
        sys.exit(f"{process.args} failed")
    return json.loads(output)


def measure_engine(raw: Path, rounds: int) -> pd.DataFrame:
    """Reference loop and engine in turn: a row per variant, medians over the rounds."""
    rows = []
    for variant in VARIANTS:
        pairs = [
            [finish(start_epoch(raw, engine, variant)) for engine in ("reference", "ours")]
            for _ in range(rounds)
        ]
        ours = median(ours["seconds"] for _, ours in pairs)
        rows.append(
            {
                "variant": variant,
                "reference_seconds": median(reference["seconds"] for reference, _ in pairs),
                "engine_seconds": ours,
                "ratio": median(ref["seconds"] / own["seconds"] for ref, own in pairs),
                "images_per_second": round(IMAGES / ours),
                "gflop_per_second": EPOCH_GFLOP / ours,
                "peak_memory_mb": max(own["peak_memory_mb"] for _, own in pairs),
            }
        )
        print(f"  {variant}: {rows[-1]['ratio']:.2f} × the reference loop", flush=True)
    return pd.DataFrame(rows)


def convolution_peak() -> float:
    """GFLOP a second of a 64 → 64 channel 3×3 convolution, one thread: what the core can do."""
    torch.set_num_threads(1)
    images = torch.randn(16, 64, 56, 56).to(memory_format=torch.channels_last)
    kernel = torch.randn(64, 64, 3, 3).to(memory_format=torch.channels_last)
    gflop = 2 * 16 * 64 * 64 * 9 * 54 * 54 / 1e9
    times = []
    for _ in range(30):
        started = time.perf_counter()
        torch.conv2d(images, kernel)
        times.append(time.perf_counter() - started)
    return gflop / median(times[5:])


def measure_scaling(raw: Path) -> pd.DataFrame:
    """Images a second of one job with n threads, and of n jobs with one thread each."""
    rows = []
    cores = len(os.sched_getaffinity(0))
    for n in sorted({1, 2, cores} & set(range(1, cores + 1))):
        threads = finish(start_epoch(raw, "ours", "gn", threads=n))["seconds"]
        jobs = [start_epoch(raw, "ours", "gn") for _ in range(n)]
        beside = [finish(job)["seconds"] for job in jobs]
        rows.append(
            {
                "n": n,
                "one_job_n_threads": round(IMAGES / threads),
                "n_jobs_one_thread": round(sum(IMAGES / seconds for seconds in beside)),
            }
        )
    return pd.DataFrame(rows)


def timed_snakemake(*arguments: str) -> float:
    """Seconds of a snakemake command."""
    started = time.perf_counter()
    answer = subprocess.run(
        [sys.executable, "-m", "snakemake", "--cores", "2", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if answer.returncode:
        sys.exit(answer.stderr)
    return time.perf_counter() - started


def measure_workflow() -> pd.DataFrame:
    """Seconds of a run with nothing to do, and of remaking the report of the default study."""
    noop = [timed_snakemake() for _ in range(5)]
    report = [timed_snakemake("--forcerun", "report") for _ in range(3)]
    rows = [
        ("nothing to do", median(noop), min(noop), max(noop)),
        ("the report alone", median(report), min(report), max(report)),
    ]
    return pd.DataFrame(rows, columns=["what", "median_seconds", "min_seconds", "max_seconds"])


def picture(engine: pd.DataFrame, scaling: pd.DataFrame) -> Figure:
    """Seconds an epoch per variant, and how more cores help."""
    figure = Figure(figsize=(10, 3.6), dpi=150, layout="constrained")
    speed, cores = figure.subplots(1, 2)
    places = range(len(engine))
    speed.barh([p - 0.2 for p in places], engine["reference_seconds"], 0.38, color="#999999",
               hatch="//", label="reference loop")  # fmt: skip
    speed.barh([p + 0.2 for p in places], engine["engine_seconds"], 0.38, color="#0072B2",
               label="this project")  # fmt: skip
    speed.set_yticks(places, engine["variant"])
    speed.invert_yaxis()
    speed.set(xlabel="seconds an epoch, one core", title="Training and testing for one epoch")
    speed.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=2)
    cores.plot(scaling["n"], scaling["n_jobs_one_thread"], "o-", color="#0072B2",
               label="n jobs of one thread")  # fmt: skip
    cores.plot(scaling["n"], scaling["one_job_n_threads"], "s--", color="#D55E00",
               label="one job of n threads")  # fmt: skip
    cores.set(xlabel="n", ylabel="images a second", title="Using more cores (gn)")
    cores.set_xticks(scaling["n"])
    cores.set_ylim(bottom=0)
    cores.legend()
    return figure


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--raw", type=Path, default=ROOT / "data" / "MNIST" / "raw")
    options = parser.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    print(f"Bringing the default study up to date, then measuring on {processor()} …", flush=True)
    timed_snakemake()
    workflow = measure_workflow()
    engine = measure_engine(options.raw, options.rounds)
    peak = convolution_peak()
    engine["share_of_convolution_peak"] = engine["gflop_per_second"] / peak
    scaling = measure_scaling(options.raw)
    sections = [f"# Speed on {processor()}, PyTorch {torch.__version__}\n"]
    for name, table in (("engine", engine), ("scaling", scaling), ("workflow", workflow)):
        table.round(3).to_csv(OUT / f"{name}.csv", index=False)
        sections.append(f"## {name}\n\n```\n{table.round(2).to_string(index=False)}\n```\n")
    sections.append(f"Convolution speed of one core: {peak:.0f} GFLOP/s.\n")
    text = "\n".join(sections)
    (OUT / "bench.md").write_text(text, encoding="utf-8")
    picture(engine, scaling).savefig(OUT / "bench.png")
    print(text)


if __name__ == "__main__":
    main()
