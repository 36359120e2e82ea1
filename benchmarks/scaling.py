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

With --beside COMMIT only the scheduling is measured, in turn by that commit and by the project as
it is, into results/benchmarks/scheduling.csv.
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

import pandas as pd
import yaml
from matplotlib.figure import Figure
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
TICK = os.sysconf("SC_CLK_TCK")


class Scaled:
    """A copy of the project with a study of so many runs: five variants, `runs / 5` seeds."""

    def __init__(self, folder: Path, runs: int, commit: str | None = None):
        self.folder, self.runs, self.seeds = folder, runs, runs // len(NORMS)
        if commit:
            copy_commit(commit, folder)
        else:
            copy_sources(folder)
        study = {**STUDY, "seeds": self.seeds}
        (folder / "study.yaml").write_text(yaml.safe_dump(study), encoding="utf-8")

    def snakemake(self, *arguments: str) -> dict[str, float]:
        """Run it; returns seconds, and Snakemake's own and its jobs' processor seconds and memory.

        Memory is the peak in MB of Snakemake itself.
        """
        command = [sys.executable, "-m", "snakemake", *arguments]
        command += ["--cores", "2", "--quiet", "all", "--configfile", "study.yaml"]
        started, own = time.perf_counter(), {}
        with (self.folder / "snakemake.log").open("w") as log:
            process = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log)
            while not (ended := os.wait4(process.pid, os.WNOHANG))[0]:
                own = own_costs(process.pid) or own
                time.sleep(0.02)
        if ended[1]:
            sys.exit((self.folder / "snakemake.log").read_text())
        all_cpu = ended[2].ru_utime + ended[2].ru_stime  # of its jobs, too
        return {
            "seconds": time.perf_counter() - started,
            "jobs_cpu_seconds": all_cpu - own["cpu_seconds"],
            **own,
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


def copy_sources(folder: Path) -> None:
    """Copy the files that git knows, as they are now."""
    known = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    for name in filter(None, known.stdout.split("\0")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)


def copy_commit(commit: str, folder: Path) -> None:
    """Copy the files of a commit."""
    folder.mkdir(parents=True)
    archive = subprocess.run(["git", "archive", commit], cwd=ROOT, stdout=subprocess.PIPE)
    if archive.returncode:
        sys.exit(f"{commit} is no commit of this project")
    subprocess.run(["tar", "--extract"], cwd=folder, input=archive.stdout, check=True)


def own_costs(pid: int) -> dict[str, float] | None:
    """Processor seconds and peak memory (MB) of a process so far, its children left out."""
    try:
        ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
        status = Path(f"/proc/{pid}/status").read_text()
        peak = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    except (OSError, StopIteration):  # it has just ended
        return None
    return {"cpu_seconds": sum(map(int, ticks)) / TICK, "peak_memory_mb": int(peak) / 1024}


def scheduled(study: Scaled, fresh: dict[str, float]) -> dict[str, float]:
    """Train the study: what Snakemake itself takes for it, beyond what a dry run (`fresh`) takes.

    `exit_seconds` is how long Snakemake lived on after the last result was written.
    """
    ran = study.snakemake()
    ended = time.time()
    newest = max(path.stat().st_mtime for path in study.results().rglob("*.*"))
    own = ran["cpu_seconds"] - fresh["cpu_seconds"]
    return {
        "scheduling_cpu_seconds_a_job": own / (2 * study.runs),
        "snakemake_memory_mb": ran["peak_memory_mb"],
        "exit_seconds": ended - newest,
    }


def compare(sizes: list[int], commit: str) -> None:
    """Scheduling by another commit and by the project as it is, one after the other."""
    rows = []
    for runs in sizes:
        for name in (commit, None):
            with tempfile.TemporaryDirectory() as folder:
                study = Scaled(Path(folder) / "study", runs, name)
                row = scheduled(study, study.snakemake("--dry-run"))
            rows.append({"runs": runs, "project": name or "as it is", **row})
            print(json.dumps(rows[-1]), flush=True)
            pd.DataFrame(rows).round(4).to_csv(OUT / "scheduling.csv", index=False)


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
        row |= scheduled(study, fresh)
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


def picture(table: pd.DataFrame) -> Figure:
    """Time, memory and size against the number of runs, the runs on a logarithmic axis."""
    figure = Figure(figsize=(11, 3.8), dpi=150, layout="constrained")
    panels = {
        "processor seconds": {
            "plan_cpu_seconds": "planning a new study",
            "noop_cpu_seconds": "planning a finished one",
            "summarize_cpu_seconds": "summarize",
            "report_cpu_seconds": "report",
        },
        "peak memory, MB": {
            "plan_memory_mb": "Snakemake, planning",
            "summarize_memory_mb": "summarize",
            "report_memory_mb": "report",
        },
        "file size, MB": {
            "report_html_mb": "report.html",
            "report_ipynb_mb": "report.ipynb",
            "provenance_json_mb": "provenance.json",
        },
    }
    styles = zip(
        ("#0072B2", "#D55E00", "#009E73", "#CC79A7"), ("o-", "s--", "^-.", "D:"), strict=True
    )
    styles = list(styles)
    for axis, (label, columns) in zip(figure.subplots(1, 3), panels.items(), strict=True):
        for (column, name), (color, style) in zip(columns.items(), styles, strict=False):
            axis.semilogx(table["runs"], table[column], style, color=color, label=name)
        axis.set(xlabel="runs", ylabel=label)
        axis.set_xticks(table["runs"], [f"{runs:,}" for runs in table["runs"]])
        axis.minorticks_off()
        axis.set_ylim(bottom=0)
        axis.legend(fontsize=8)
    return figure


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, nargs="+", default=[10, 50, 200, 1000])
    parser.add_argument("--trained", type=int, default=200, help="train studies up to this size")
    parser.add_argument("--beside", metavar="COMMIT", help="compare its scheduling with today's")
    options = parser.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    if options.beside:
        compare([runs for runs in options.runs if runs <= options.trained], options.beside)
        return
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
    picture(table).savefig(ROOT / "docs" / "scaling.png")
    print(text)


if __name__ == "__main__":
    main()
