"""make fidelity: does the engine draw from the same distribution as the loop it replaced?

Trains the reference loop (reference_loop.py: DataLoader, PIL, torchvision's transforms) by the
original's recipe with several seeds, and compares the runs with the engine's published runs of
the same variant. The two draw their random numbers differently, so runs are not pairs: the
difference of means has Welch's interval. Writes docs/fidelity.md, and the reference loop's epochs
to docs/fidelity.csv.

An interrupted run resumes after its last complete epoch.
"""

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import pandas as pd
import torch
import yaml
from normstudy.config.check import check
from normstudy.data.idx import load_split
from normstudy.records.machine import processor
from normstudy.report.text.wording import signed
from scipy import stats

from benchmarks.reference_loop import ReferenceLoop

ROOT = Path(__file__).parent.parent
OUT = ROOT / "results" / "fidelity"
EPOCHS = 20
METRICS = {
    "test_accuracy": "test accuracy, %",
    "test_loss": "test loss, nats per image",
    "train_accuracy": "running train accuracy, %",
}


def recipe_of(variant: str) -> dict:
    """The variant's recipe by config.yaml."""
    text = (ROOT / "config.yaml").read_text(encoding="utf-8")
    return check(yaml.safe_load(text)).run_parameters(variant)


def train(variant: str, raw: Path, seed: int) -> Path:
    """Train one run of the reference loop; returns its table, a row per epoch."""
    table, state = (OUT / f"{variant}-seed-{seed}{ending}" for ending in (".csv", ".state"))
    rows = pd.read_csv(table).to_dict("records") if table.exists() and state.exists() else []
    if table.exists() and len(pd.read_csv(table)) == EPOCHS:
        return table
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    loop = ReferenceLoop(recipe_of(variant), load_split(raw, "train"), load_split(raw, "test"))
    if rows:
        loop.load(state)
    rows = rows[: loop.schedule.last_epoch // len(loop.train)]  # an epoch may lack its state
    while len(rows) < EPOCHS:
        rows.append({"variant": variant, "seed": seed, "epoch": len(rows) + 1, **loop.epoch()})
        pd.DataFrame(rows).to_csv(table, index=False)
        loop.save(state)
        print(f"{variant} seed {seed} · {rows[-1]}", flush=True)
    state.unlink()
    return table


def compare(reference: pd.DataFrame, engine: pd.DataFrame) -> pd.DataFrame:
    """The difference of means, engine less reference loop, after the last epoch.

    Args:
        reference, engine: a row per run and epoch with the columns of METRICS.

    Returns:
        A row per metric: metric, reference and engine means and standard deviations, difference,
        and low and high of Welch's 95 % interval (Welch 1947).
    """
    last = [table[table["epoch"] == EPOCHS] for table in (reference, engine)]
    rows = []
    for metric in METRICS:
        theirs, ours = (table[metric] for table in last)
        interval = stats.ttest_ind(ours, theirs, equal_var=False).confidence_interval(0.95)
        rows.append(
            {
                "metric": metric,
                "reference_mean": theirs.mean(),
                "reference_sd": theirs.std(),
                "engine_mean": ours.mean(),
                "engine_sd": ours.std(),
                "difference": ours.mean() - theirs.mean(),
                "low": interval.low,
                "high": interval.high,
            }
        )
    return pd.DataFrame(rows)


def page(table: pd.DataFrame, variant: str, seeds: tuple[int, int]) -> str:
    """docs/fidelity.md."""
    lines = [
        f"| {METRICS[row.metric]} | {row.reference_mean:.4f} ± {row.reference_sd:.4f}"
        f" | {row.engine_mean:.4f} ± {row.engine_sd:.4f} | {signed(row.difference, 4)}"
        f" | {signed(row.low, 4)} to {signed(row.high, 4)} |"
        for row in table.itertuples()
    ]
    outside = [METRICS[row.metric] for row in table.itertuples() if row.low * row.high > 0]
    found = (
        "Every interval includes 0: these runs show no difference between the two."
        if not outside
        else f"The interval excludes 0 for: {', '.join(outside)}."
    )
    body = "\n".join(lines)
    return f"""# Fidelity: the fast engine against the loop it replaced

The engine augments whole batches on tensors and does not round grey levels between brightness and
contrast; the reference loop augments one image at a time with PIL and torchvision, as the original
does. Both trained variant `{variant}` with the original's recipe for {EPOCHS} epochs on all of
MNIST: the reference loop with {seeds[0]} seeds, the engine with {seeds[1]}. The table has mean ±
standard deviation after the last epoch, and the difference of means (engine − reference loop) with
Welch's 95 % interval:

| | reference loop | engine | difference | 95 % interval |
|---|---|---|---|---|
{body}

{found}

Made by `make fidelity` on {processor()}, PyTorch {torch.__version__}. The epochs of the
reference loop are in [fidelity.csv](fidelity.csv), those of the engine's runs in
[evidence/exploratory](evidence/exploratory).
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--variant", default="gn")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--raw", type=Path, default=ROOT / "data" / "MNIST" / "raw")
    parser.add_argument("--train-only", action="store_true")
    options = parser.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(options.jobs) as pool:
        runs = partial(train, options.variant, options.raw)
        tables = list(pool.map(runs, range(1, options.seeds + 1)))
    if options.train_only:
        sys.exit()
    reference = pd.concat(map(pd.read_csv, tables))
    reference.to_csv(ROOT / "docs" / "fidelity.csv", index=False, lineterminator="\n")
    engine = pd.read_csv(ROOT / "docs" / "evidence" / "exploratory" / "epochs.csv.gz")
    engine = engine[engine["variant"] == options.variant]
    seeds = reference["seed"].nunique(), engine["seed"].nunique()
    text = page(compare(reference, engine), options.variant, seeds)
    (ROOT / "docs" / "fidelity.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
