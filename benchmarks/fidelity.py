"""make fidelity: do the kernels give what the loop and the engine of PyTorch give?

Trains the reference loop (reference_loop.py: DataLoader, PIL, torchvision's transforms) by the
original's recipe, into docs/fidelity.csv; the runs in it are not trained again. Then writes
docs/fidelity.md: the test accuracies after the last epoch of these runs, of the PyTorch engine's in
docs/evidence/exploratory and of the kernels' in docs/evidence/claims, and the verdicts of the
project's own rule on every pair.
"""

import argparse
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import product
from pathlib import Path

import pandas as pd
import torch
from normstudy.data.idx import Split, load_split
from normstudy.records.files import write_csv
from normstudy.records.machine import processor
from normstudy.report.text.wording import signed
from normstudy.statistics.contrasts import Scale
from normstudy.statistics.verdicts.judging import judge
from normstudy.statistics.verdicts.rule import Verdict

from benchmarks.reference_loop import ROOT, ReferenceLoop, recipe_of

RUNS = {"gn": 8, "ln": 4, "bn_l1": 4}  # of the reference loop
ENGINES = {"kernels": "kernels", "pytorch": "PyTorch engine", "loop": "reference loop"}
SETTINGS = {"confidence": 0.95, "looks": None}
SCALE = Scale(margin=0.05, resolution=0.01)  # points: five of 10,000 test images, and one
KEYS = ["engine", "variant", "seed"]
MEANING = {
    Verdict.NO_DIFFERENCE: "no difference that matters",
    Verdict.HOLDS: "the kernels are higher",
    Verdict.TOO_SMALL: "the kernels are higher, but too little to matter",
    Verdict.CONTRADICTED: "the kernels are lower",
    Verdict.UNDECIDED: "undecided: these runs cannot tell",
    Verdict.ONE_RUN: "one run cannot tell",
}


def train(splits: tuple[Split, Split], out: Path, run: tuple[str, int], epochs: int = 20) -> Path:
    """Train one run of the reference loop, if it is not there; its table, a row per epoch."""
    variant, seed = run
    path = out / f"{variant}-seed-{seed}.csv"
    if not path.exists():
        torch.set_num_threads(1)
        torch.manual_seed(seed)
        loop = ReferenceLoop(recipe_of(variant), *splits, epochs)
        keys = {"variant": variant, "seed": seed}
        rows = [{**keys, "epoch": epoch, **loop.epoch()} for epoch in range(1, epochs + 1)]
        write_csv(pd.DataFrame(rows), path)
        print(rows[-1], flush=True)
    return path


def last_epochs(metrics: pd.DataFrame) -> pd.DataFrame:
    """The last row of each run of a table of epochs, with the columns of KEYS."""
    return metrics.sort_values("epoch").groupby(KEYS, sort=False, as_index=False).last()


def compare(runs: pd.DataFrame) -> pd.DataFrame:
    """The verdicts on the kernels against each other engine, all of them one family.

    Args:
        runs: a row per run with KEYS and its test_accuracy in percent. The runs of two engines are
            paired in the order of their seeds. Each engine draws other random numbers, so that
            pairs are independent.

    Returns:
        A row per variant and engine: variant, engine, and the columns of `judging.COLUMNS`.
    """
    accuracies = runs.sort_values("seed").groupby(["variant", "engine"])["test_accuracy"]
    of, values, claims = {name: own.to_numpy() for name, own in accuracies}, [], []
    for engine, variant in product(("loop", "pytorch"), RUNS):
        pair = {name: of.get((variant, name), ()) for name in ("kernels", engine)}
        count = min(map(len, pair.values()))
        names = [f"{variant}/{engine}/{name}" for name in pair]
        for name, own in zip(names, pair.values(), strict=True):
            keys = {"variant": name, "metric": "test_accuracy"}
            values += [keys | {"seed": seed, "value": own[seed]} for seed in range(count)]
        if count:
            claim = {"id": names[1], "variant": names[0], "against": names[1:]}
            claims.append(claim | {"metric": "test_accuracy", "direction": "higher"})
    table = judge(pd.DataFrame(values), claims, SETTINGS, {"test_accuracy": SCALE}).comparisons
    names = table["rival"].str.split("/", expand=True)
    return table.assign(variant=names[0], engine=names[1])


def page(runs: pd.DataFrame) -> str:
    """docs/fidelity.md, from runs as `compare` takes them."""
    lines = [f"| | {' | '.join(ENGINES.values())} |", f"|{'---|' * 4}"]
    for variant in RUNS:
        own = runs[runs["variant"] == variant]
        means = own.groupby("engine")["test_accuracy"].agg(["mean", "std", "count"])
        cells = {e: f"{m:.3f} ± {sd:.3f} ({n})" for e, m, sd, n in means.to_records()}
        lines.append(f"| {variant} | {' | '.join(cells.get(e, '–') for e in ENGINES)} |")
    lines += ["", "| kernels − | pairs | difference | interval | verdict |", f"|{'---|' * 5}"]
    for row in compare(runs).itertuples():
        difference, *ends = (
            signed(value, 3) for value in (row.mean_difference, row.ci_low, row.ci_high)
        )
        lines.append(
            f"| {ENGINES[row.engine]}, {row.variant} | {row.seeds} | {difference}"
            f" | {' to '.join(ends)} | {MEANING[row.verdict]} |"
        )
    table = "\n".join(lines)
    return f"""# Fidelity: the kernels against the loop and the engine of PyTorch

The reference loop augments one image at a time with PIL and torchvision, as the original does. The
project's engines augment whole batches and do not round grey levels between brightness and
contrast. All trained by the original's recipe. Test accuracy in percent after the last epoch, mean
± standard deviation (runs), and the verdicts of the project's rule ([verdicts.md](verdicts.md))
with a margin of ±{SCALE.margin:g} points. All intervals are right at the same
time with 95 % probability:

{table}

Runs are paired in the order of their seeds, and independent: the PyTorch engine of these runs and
the loop draw other random numbers than the kernels with the same seed.

Made by `make fidelity` (`JOBS=0`: of the runs that there are) on {processor()}, PyTorch
{torch.__version__}. Runs of the reference loop: [fidelity.csv](fidelity.csv); of the PyTorch
engine: [evidence/exploratory](evidence/exploratory); of the kernels:
[evidence/claims](evidence/claims).
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, default=2, help="0: only the page")
    parser.add_argument("--raw", type=Path, default=ROOT / "data" / "MNIST" / "raw")
    options, docs = parser.parse_args(), ROOT / "docs"
    out = ROOT / "results" / "fidelity"
    out.mkdir(parents=True, exist_ok=True)
    finished = pd.read_csv(docs / "fidelity.csv")
    there = set(zip(finished["variant"], finished["seed"], strict=True))
    runs = [(variant, seed + 1) for variant, count in RUNS.items() for seed in range(count)]
    missing = [run for run in runs if run not in there] if options.jobs else []
    splits = load_split(options.raw, "train"), load_split(options.raw, "test")
    with ProcessPoolExecutor(options.jobs or 1) as pool:
        trained = map(pd.read_csv, pool.map(partial(train, splits, out), missing))
        loop = pd.concat([finished, *trained])
    write_csv(loop, docs / "fidelity.csv")
    tables = [loop.assign(engine="loop")]
    for engine, study in (("kernels", "claims"), ("pytorch", "exploratory")):
        epochs = pd.read_csv(docs / "evidence" / study / "epochs.csv.gz").assign(engine=engine)
        tables.append(epochs[epochs["variant"].isin(RUNS)])
    text = page(last_epochs(pd.concat(tables)))
    (docs / "fidelity.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
