"""How sharp the unit tests are: small changes of a room's code, and how many of them they notice.

    make mutants ROOM=statistics            # every mutant
    make mutants ROOM=network SAMPLE=150    # as many, drawn with a fixed seed

A mutant is the code with one operator, constant, argument or name changed. mutmut makes them, finds
out which tests run the function, and runs those in a fork, so that PyTorch is imported once. It
works in .mutants/<room>, a copy of the project in which the package stands at the top, because
mutmut names a module by its path. The tests taken are those that import from the room, without
simulations and whole reports, and hypothesis draws ten examples for each. So a survivor may be one
that a test left out would notice; `pytest tests/unit` on the changed code tells.

What a message says is no behaviour that a test should hold to the letter: `raise` and `print`
statements are left as they are. Survivors are printed as differences. docs/reliability.md has the
last figures, and which survivors change nothing.
"""

import argparse
import os
import random
import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROOMS = ("statistics", "network", "data", "records")
COPIED = ("benchmarks", "config.yaml", "profiles", "report", "Snakefile", "tests", "workflow")
SEED = 16
ELSEWHERE = re.compile(r"^(from|import) benchmarks", re.MULTILINE)
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
only_mutate = ["normstudy/{room}/*"]
also_copy = {copied}
max_stack_depth = 6
pytest_add_cli_args = ["-m", "not slow", "-k", "not figure and not made_up and not hardly_ever"]
pytest_add_cli_args_test_selection = {tests}
do_not_mutate_patterns = ['^\\s*raise ', '^\\s*print\\(']
timeout_multiplier = 5.0
timeout_constant = 2.0
use_git_change_detection = false
"""


def tests_of(room: str) -> list[str]:
    """The quick unit tests that import from the room, as paths in the project."""
    named = re.compile(rf"^from normstudy(\.{room}\b| import .*\b{room}\b)", re.MULTILINE)
    files = sorted((ROOT / "tests" / "unit").glob("test_*.py"))
    texts = {str(file.relative_to(ROOT)): file.read_text("utf-8") for file in files}
    return [
        file for file, text in texts.items() if named.search(text) and not ELSEWHERE.search(text)
    ]


def workshop(room: str) -> Path:
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
    settings = SETTINGS.format(room=room, copied=list(COPIED), tests=tests_of(room))
    with (folder / "tests" / "conftest.py").open("a", encoding="utf-8") as conftest:
        conftest.write(FEW_EXAMPLES)
    (folder / "pyproject.toml").write_text(settings, encoding="utf-8")
    return folder


def main() -> None:
    """Make the mutants of a room, run the tests on them, and say what survived."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--room", choices=ROOMS, default=ROOMS[0])
    parser.add_argument("--sample", type=int, help="so many mutants, drawn with a fixed seed")
    parser.add_argument("--only", help="mutants whose name holds these letters")
    choice = parser.parse_args()
    os.chdir(workshop(choice.room))
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
    names = sorted(name for _, name, _ in found if not choice.only or choice.only in name)
    whole = len(names)
    if choice.sample and choice.sample < whole:
        names = sorted(random.Random(SEED).sample(names, choice.sample))
    print(f"{choice.room}: {len(names)} of {whole} mutants")
    mutmut._run(tuple(names), 1)

    found, _ = mutmut.collect_source_file_mutation_data(mutant_names=tuple(names))
    caught = ("killed", "timeout")  # a loop that no longer ends is noticed by the clock
    alive = [(data, name) for data, name, code in found if status_by_exit_code[code] not in caught]
    late = sum(status_by_exit_code[code] == "timeout" for _, _, code in found)
    for data, name in alive:
        print(f"\n{name}: {status_by_exit_code[data.exit_code_by_key[name]]}")
        print(get_diff_for_mutant(name, path=data.path))
    killed = len(names) - len(alive)
    print(
        f"\n{choice.room}: {killed} of {len(names)} killed, "
        f"{100 * killed / len(names):.1f} % ({late} of them by the time limit)"
    )


if __name__ == "__main__":
    main()
