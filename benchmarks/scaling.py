"""make bench-scaling: what a study costs besides training, as it grows from 10 to 1,000 runs.

Runs of one epoch on the 800 images of the test sample, by the real workflow, in a copy of the
project. Up to --trained runs are trained. Larger studies get copies of those runs' files under
new seeds, and Snakemake is told to take them for finished (--touch): planning, summary and report
cost what they would, and differ in seeds as they would.

    planned     `snakemake -n` before anything ran, and when all is done
    scheduled   Snakemake's own processor time for each job that it ran
    summarized  processor time and peak memory of the rules summarize and report; the page's size

Processor times, since a machine that others use too stretches the others. Writes
results/benchmarks/scaling.csv and .md, and docs/scaling.png.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
import psutil
import yaml
from normstudy.records.machine import processor

ROOT = Path(__file__).parent.parent
OUT = ROOT / "results" / "benchmarks"
NORMS = {"gn": "group", "ln": "layer", "bn": "batch", "instance": "instance", "plain": "none"}
STUDY = {
    "dataset": {"name": "MNIST-sample", "source": "tests/data/MNIST-sample"},
    "training": {"epochs": 1, "device": "cpu"},
    "variants": {
        "bn_l1": None,
        **{name: {"label": name.title(), "norm": norm} for name, norm in NORMS.items()},
    },
    "claims": [
        {
            "id": f"{name}-best",
            "says": f"{name} is best",
            "metric": "test_accuracy",
            "variant": name,
        }
        for name in ("gn", "ln")
    ],
}


class Scaled:
    """A copy of the project with a study of so many runs: five variants, `runs / 5` seeds."""

    def __init__(self, folder: Path, runs: int):
        self.folder, self.runs, self.seeds = folder, runs, runs // len(NORMS)
        for name in subprocess.check_output(["git", "ls-files", "-z"], cwd=ROOT).split(b"\0")[:-1]:
            (folder / os.fsdecode(name)).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / os.fsdecode(name), folder / os.fsdecode(name))
        study = {**STUDY, "seeds": self.seeds}
        (folder / "study.yaml").write_text(yaml.safe_dump(study), encoding="utf-8")

    def snakemake(self, *arguments: str) -> dict[str, float]:
        """Run it.

        Returns:
            seconds; cpu_seconds and peak_memory_mb of Snakemake itself; jobs_cpu_seconds.
        """
        command = [sys.executable, "-m", "snakemake", *arguments]
        command += ["--cores", "2", "--quiet", "all", "--configfile", "study.yaml"]
        started, seconds, peak = time.perf_counter(), 0.0, 0.0
        with (self.folder / "snakemake.log").open("w") as log:
            process = psutil.Popen(command, cwd=self.folder, stdout=log, stderr=log)
            while not (ended := os.wait4(process.pid, os.WNOHANG))[0]:
                with process.oneshot():
                    seconds = sum(process.cpu_times()[:2])  # without its children's
                    peak = max(peak, process.memory_info().rss / 2**20)
                time.sleep(0.02)
        if ended[1]:
            sys.exit((self.folder / "snakemake.log").read_text())
        return {
            "seconds": time.perf_counter() - started,
            "cpu_seconds": seconds,
            "peak_memory_mb": peak,
            "jobs_cpu_seconds": ended[2].ru_utime + ended[2].ru_stime - seconds,
        }

    def results(self) -> Path:
        """Its folder of results."""
        return self.folder / "results"

    def memory(self, rule: str) -> float:
        """Peak memory (MB) of a job that is one of its kind, as Snakemake measured it."""
        table = pd.read_csv(self.results() / "benchmarks" / f"{rule}.tsv", sep="\t")
        return table["max_rss"].iloc[-1]

    def fill(self, trained: "Scaled") -> None:
        """Take over another study's results, its runs again and again under new seeds."""
        shutil.copytree(trained.folder / "data", self.folder / "data")
        shutil.copytree(trained.results(), self.results(), dirs_exist_ok=True)
        for variant in NORMS:
            for seed in range(trained.seeds + 1, self.seeds + 1):
                like = (seed - 1) % trained.seeds + 1
                run = self.results() / variant / f"seed-{seed}"
                shutil.copytree(self.results() / variant / f"seed-{like}", run)
                for name in ("metrics.csv", "evaluation.csv"):
                    pd.read_csv(run / name).assign(seed=seed).to_csv(run / name, index=False)
                for rule in ("train", "misclassified"):
                    folder = self.results() / "benchmarks" / rule
                    shutil.copy(
                        folder / f"{variant}-seed-{like}.tsv", folder / f"{variant}-seed-{seed}.tsv"
                    )
        self.snakemake("--touch")


def measure(study: Scaled, trained: Scaled | None) -> dict[str, float]:
    """All figures of one size; trains the runs where `trained` has none to copy."""
    fresh = study.snakemake("--dry-run")
    row = {
        "runs": study.runs,
        "trained": trained is None,
        "plan_seconds": fresh["seconds"],
        "plan_cpu_seconds": fresh["cpu_seconds"],
        "plan_memory_mb": fresh["peak_memory_mb"],
    }
    if trained is None:
        ran = study.snakemake()
        scheduling = ran["cpu_seconds"] - fresh["cpu_seconds"]
        row["scheduling_cpu_seconds_per_job"] = scheduling / (2 * study.runs)
        row["snakemake_memory_mb"] = ran["peak_memory_mb"]
    else:
        study.fill(trained)
    summarized = study.snakemake("results/summary.csv", "--forcerun", "summarize")
    reported = study.snakemake("--forcerun", "report")
    for rule, ran in (("summarize", summarized), ("report", reported)):
        row[f"{rule}_cpu_seconds"] = ran["jobs_cpu_seconds"]
        row[f"{rule}_memory_mb"] = study.memory(rule)
    done = study.snakemake("--dry-run")
    row |= {"noop_seconds": done["seconds"], "noop_cpu_seconds": done["cpu_seconds"]}
    for name in ("report.html", "report.ipynb", "provenance.json"):
        row[f"{name.replace('.', '_')}_mb"] = (study.results() / name).stat().st_size / 1e6
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
    options = parser.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    rows, trained = [], None
    with tempfile.TemporaryDirectory() as folder:
        studies = [Scaled(Path(folder) / str(runs), runs) for runs in sorted(options.runs)]
        for study in studies:
            runs = study.runs
            rows.append(measure(study, trained if runs > options.trained else None))
            print(json.dumps(rows[-1]), flush=True)
            trained = study if runs <= options.trained else trained
            table = pd.DataFrame(rows)
            table.round(4).to_csv(OUT / "scaling.csv", index=False)
    text = f"# {processor()}\n\n```\n{table.set_index('runs').T.round(3).to_string()}\n```\n"
    (OUT / "scaling.md").write_text(text, encoding="utf-8")
    picture(table, ROOT / "docs" / "scaling.png")
    print(text)


if __name__ == "__main__":
    main()
