"""make bench-scaling: what a study costs besides training, as it grows from 10 to 1,000 runs.

Runs of one epoch on the tests' sample, by the real workflow, in a copy of the project: planned,
trained, summarized and reported. Studies larger than --trained get copies of trained runs under new
seeds, and Snakemake is told to take them for finished (--touch). Processor times, since a busy
machine stretches the others. Writes results/benchmarks/scaling.csv and docs/scaling.png.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
import yaml
from normstudy.records.files import write_csv

ROOT = Path(__file__).parent.parent
NORMS = {"gn": "group", "ln": "layer", "bn": "batch", "instance": "instance", "plain": "none"}
CLAIM = {"says": "It is best", "metric": "test_accuracy"}
STUDY = {
    "dataset": {"name": "MNIST-sample", "source": "tests/data/MNIST-sample"},
    "training": {"epochs": 1, "device": "cpu"},
    "variants": {"bn_l1": None, **{n: {"label": n, "norm": norm} for n, norm in NORMS.items()}},
    "claims": [CLAIM | {"id": f"{name}-best", "variant": name} for name in ("gn", "ln")],
}
# Snakemake, which leaves its own processor seconds and peak memory (MB; Linux counts in KiB).
MEASURED = """
import atexit, json, resource, runpy
def leave():
    own = resource.getrusage(resource.RUSAGE_SELF)
    json.dump([own.ru_utime + own.ru_stime, own.ru_maxrss / 1024], open("usage.json", "w"))
atexit.register(leave)
runpy.run_module("snakemake", run_name="__main__", alter_sys=True)
"""


class Scaled:
    """A copy of the project with a study of so many runs: five variants, `runs / 5` seeds."""

    def __init__(self, folder: Path, runs: int):
        self.folder, self.runs, self.seeds = folder, runs, runs // len(NORMS)
        self.results = folder / "results"
        copy = ["git", "checkout-index", "--all", f"--prefix={folder}/"]  # as of the last git add
        subprocess.run(copy, cwd=ROOT, check=True)
        study = {**STUDY, "seeds": self.seeds}
        (folder / "study.yaml").write_text(yaml.safe_dump(study), encoding="utf-8")

    def snakemake(self, *arguments: str) -> tuple[float, float]:
        """Run it; the processor seconds and peak memory (MB) of Snakemake without its jobs."""
        study = ["--cores", "2", "--quiet", "all", "--configfile", "study.yaml"]
        command = [sys.executable, "-c", MEASURED, *arguments, *study]
        subprocess.run(command, cwd=self.folder, check=True)
        seconds, memory = json.loads((self.folder / "usage.json").read_text(encoding="utf-8"))
        return seconds, memory

    def fill(self, trained: "Scaled") -> None:
        """Take over another study's results, its runs again and again under new seeds."""
        shutil.copytree(trained.folder / "data", self.folder / "data")
        shutil.copytree(trained.results, self.results, dirs_exist_ok=True)
        for variant in NORMS:
            for seed in range(trained.seeds + 1, self.seeds + 1):
                like = f"seed-{(seed - 1) % trained.seeds + 1}"
                run = self.results / variant / f"seed-{seed}"
                shutil.copytree(self.results / variant / like, run)
                for name in ("metrics.csv", "evaluation.csv"):
                    write_csv(pd.read_csv(run / name).assign(seed=seed), run / name)
                for rule in ("train", "misclassified"):
                    costs = self.results / "benchmarks" / rule
                    shutil.copy(
                        costs / f"{variant}-{like}.tsv", costs / f"{variant}-seed-{seed}.tsv"
                    )
        self.snakemake("--touch")


def measure(study: Scaled, trained: Scaled | None) -> dict[str, float]:
    """All figures of one size; trains the runs where `trained` has none to copy."""
    planning, memory = study.snakemake("--dry-run")
    row = {"runs": study.runs, "plan_cpu_seconds": planning, "plan_memory_mb": memory}
    if trained:
        study.fill(trained)
    else:
        seconds, row["snakemake_memory_mb"] = study.snakemake()
        row["scheduling_cpu_seconds_per_job"] = (seconds - planning) / (2 * study.runs)
    study.snakemake("--forcerun", "summarize", "report")
    for rule in ("summarize", "report"):  # as Snakemake measured them
        cost = pd.read_csv(study.results / "benchmarks" / f"{rule}.tsv", sep="\t").iloc[-1]
        row |= {f"{rule}_cpu_seconds": cost["cpu_time"], f"{rule}_memory_mb": cost["max_rss"]}
    row["noop_cpu_seconds"], _ = study.snakemake("--dry-run")
    for name in ("report.html", "report.ipynb", "provenance.json"):
        row[f"{name.replace('.', '_')}_mb"] = (study.results / name).stat().st_size / 1e6
    return row


def picture(table: pd.DataFrame, path: Path) -> None:
    """Time, memory and size against the number of runs, the runs on a logarithmic axis."""
    panels = {
        "_cpu_seconds": "processor seconds",
        "_memory_mb": "peak memory, MB",
        "(html|json)_mb": "file size, MB",
    }
    figure = plt.figure(figsize=(11, 3.8), dpi=150, layout="constrained")
    for axes, (ending, label) in zip(figure.subplots(1, 3), panels.items(), strict=True):
        columns = table.filter(regex=f"{ending}$").set_index(table["runs"])
        columns.plot(ax=axes, logx=True, marker="o", xlabel="runs", ylabel=label, ylim=(0, None))
    figure.savefig(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, nargs="+", default=[10, 50, 200, 1000])
    parser.add_argument("--trained", type=int, default=200, help="train studies up to this size")
    options, rows, trained = parser.parse_args(), [], None
    with tempfile.TemporaryDirectory() as folder:
        for runs in sorted(options.runs):
            study = Scaled(Path(folder) / str(runs), runs)
            rows.append(measure(study, trained if runs > options.trained else None))
            print(json.dumps(rows[-1]), flush=True)
            trained = study if runs <= options.trained else trained
    table = pd.DataFrame(rows)
    write_csv(table.round(4), ROOT / "results" / "benchmarks" / "scaling.csv")
    picture(table, ROOT / "docs" / "scaling.png")


if __name__ == "__main__":
    main()
