"""How sharp the unit tests are: small changes of a room's code, and how many of them they notice.

    make mutants ROOM=statistics            # every mutant
    make mutants ROOM=network SAMPLE=150    # as many, drawn with a fixed seed
    make mutants MODULE="rule looks"        # of these modules of the room, by their tests alone

A mutant is the code with one operator, constant, argument or name changed. mutmut makes them, finds
out which tests run the function, and runs those in a fork, so that PyTorch is imported once. It
works in .mutants/<room>, a copy of the project in which the package stands at the top, because
mutmut names a module by its path. The tests taken are the room's own, except simulations and tests
that act as another user, who may not read the copy; hypothesis draws ten examples for each. So a
survivor may be one that a test left out would notice; `pytest tests/unit` on the changed code
tells. Ctrl-C ends it with what was found so far.

What a message says is no behaviour that a test should hold to the letter: `raise` and `print`
statements are left as they are. Survivors are printed as differences. docs/reliability.md has the
last figures, and which survivors change nothing.
"""

import argparse
import os
import random
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROOMS = {  # room → module → its own tests, tests/unit/test_<name>.py
    "statistics": {
        "rule": "verdicts verdict_symmetries",
        "claims": "verdicts",
        "judging": "verdicts verdicts_at_looks verdict_symmetries verdicts_by_scipy",
        "looks": "looks",
        "until_decided": "until_decided",
        "contrasts": "contrasts",
        "failures": "failures",
        "mcnemar": "mcnemar",
        "other_images": "other_images",
        "seeds_needed": "seeds_needed",
        "summary": "summary",
    },
    "network": {
        "training": "training devices",
        "pytorch": "training devices",
        "schedule": "training",
        "scoring": "training evaluation",
        "portable": "portable",
        "streams": "draws",
        "dropout": "draws",
        "initial": "draws training",
        "batches": "training",
        "augmentation": "augmentation draws",
        "model": "model",
        "checkpoint": "provenance evaluation",
        "resume": "resume",
        "run_record": "provenance records",
    },
    "data": {
        "idx": "idx damaged_data",
        "datasets": "download",
        "fetch": "download data_folders damaged_data changed_sources bad_mirrors",
        "sources": "download damaged_data bad_mirrors",
        "changes": "changed_sources",
        "origins": "changed_sources download",
    },
    "records": {
        "tables": "read_tables",
        "files": "read_tables data_folders records",
        "json_records": "records looks",
        "machine": "provenance",
        "provenance": "provenance records",
        "store": "resume",
    },
}
COPIED = (
    *("benchmarks", "config.yaml", "profiles", "report", "requirements.in", "Snakefile"),
    *("tests", "workflow"),
)
SEED = 16
FEW_EXAMPLES = """

settings.register_profile("mutants", derandomize=True, deadline=None, max_examples=10)
settings.load_profile("mutants")
"""
SETTINGS = """\
[tool.pytest.ini_options]
pythonpath = [".", "tests"]
addopts = "-q --strict-markers -p no:cacheprovider"
markers = ["slow: left out here"]

[tool.mutmut]
source_paths = ["normstudy"]
only_mutate = {mutated}
also_copy = {copied}
pytest_add_cli_args = ["-m", "not slow", "-k", "not made_up and not hardly_ever and not may_not_be"]
pytest_add_cli_args_test_selection = {tests}
do_not_mutate_patterns = ['^\\s*raise ', '^\\s*print\\(']
timeout_multiplier = 5.0
timeout_constant = 2.0
use_git_change_detection = false
"""


def workshop(room: str, modules: list[str]) -> Path:
    """The folder in which mutmut works, made anew."""
    folder = ROOT / ".mutants" / room
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    leave = shutil.ignore_patterns("__pycache__", "normstudy")
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=leave)
        else:
            shutil.copy(source, folder)
    leave = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "workflow" / "scripts" / "normstudy", folder / "normstudy", ignore=leave)
    names = dict.fromkeys(name for module in modules for name in ROOMS[room][module].split())
    tests = [f"tests/unit/test_{name}.py" for name in names]
    mutated = [f"normstudy/{room}/{place}{name}.py" for name in modules for place in ("", "*/")]
    settings = SETTINGS.format(mutated=mutated, copied=list(COPIED), tests=tests)
    with (folder / "tests" / "conftest.py").open("a", encoding="utf-8") as conftest:
        conftest.write(FEW_EXAMPLES)
    (folder / "pyproject.toml").write_text(settings, encoding="utf-8")
    return folder


def main() -> None:
    """Make the mutants of a room, run the tests on them, and say what survived."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--room", choices=ROOMS, default="statistics")
    parser.add_argument("--sample", type=int, help="so many mutants, drawn with a fixed seed")
    parser.add_argument("--module", nargs="+", metavar="NAME", help="only these of the room")
    choice = parser.parse_args()
    os.chdir(workshop(choice.room, choice.module or list(ROOMS[choice.room])))
    sys.argv = sys.argv[:1]

    from mutmut import __main__ as mutmut
    from mutmut.mutation.diff_apply import get_diff_for_mutant
    from mutmut.stats import status_by_exit_code

    Path("mutants").mkdir()
    mutmut.copy_src_dir()
    mutmut.copy_also_copy_files()
    mutmut.setup_source_paths()
    mutmut.create_mutants(1)
    found, _ = mutmut.collect_source_file_mutation_data(mutant_names=())
    names = sorted(name for _, name, _ in found)
    whole = len(names)
    if choice.sample and choice.sample < whole:
        names = sorted(random.Random(SEED).sample(names, choice.sample))
    print(f"{choice.room}: {len(names)} of {whole} mutants")
    mutmut._run(tuple(names), 1)

    found, _ = mutmut.collect_source_file_mutation_data(mutant_names=tuple(names))
    known = [(data, name, status_by_exit_code[code]) for data, name, code in found]
    known = [(data, name, status) for data, name, status in known if status != "not checked"]
    # a loop that no longer ends is noticed by the clock
    alive = [case for case in known if case[2] not in ("killed", "timeout")]
    for data, name, status in alive:
        print(f"\n{name}: {status}")
        print(get_diff_for_mutant(name, path=data.path))
    late = sum(status == "timeout" for _, _, status in known)
    print(
        f"\n{choice.room}: of {whole} mutants {len(known)} were tried and {len(known) - len(alive)}"
        f" noticed, {late} of these by the time limit"
    )


if __name__ == "__main__":
    main()
