"""The config: read, checked, and completed by the defaults of its keys."""

import os
import sys
from contextlib import contextmanager, suppress
from pathlib import Path

# Relative to the working folder, so that a project that is moved is not trained again.
SOURCE = Path(os.path.relpath(Path(workflow.current_basedir).parents[1]))
sys.path.insert(0, str(SOURCE / "workflow" / "scripts"))
for name in [name for name in sys.modules if name.partition(".")[0] == "normstudy"]:
    del sys.modules[name]  # another clone's, which the same workflow imports

from normstudy.errors import StudyError
from snakemake.utils import update_config


@contextmanager
def one_sentence(opening="Error: "):
    """End with the sentence of a StudyError: Snakemake would add its own lines of code to it."""
    try:
        yield
    except StudyError as error:
        sys.exit(f"{opening}{error}")


with one_sentence():  # model.py, which is read here, may be no Python
    from normstudy.config import lines
    from normstudy.config.check import check
    from normstudy.config.study import compared_folders
    from normstudy.config.study import folder as folder_of
    from normstudy.config.targets import RESERVED

for folder in (Path.cwd(), SOURCE.resolve()):
    if {*"{}"} & {*str(folder)}:
        words = "Snakemake takes { and } in a path for wildcards: rename the folder"
        sys.exit(f"Error: {words} {folder}")

# Whether another workflow imports this one (module:). Then the terminal is that one's, and so are
# its config.yaml, --configfile and --config: this one has only the config of the import.
PROJECT = Path(workflow.current_basedir).parents[1]
IMPORTED = Path(workflow.basedir) not in (PROJECT, PROJECT / "workflow")
OF_CONFIG = f"Error in the config{' of a module import' if IMPORTED else ''}:\n"

# The working folder's own, if it has one (snakemake --directory); else the project's.
HERE = not IMPORTED and os.path.exists("config.yaml")
CONFIG = "config.yaml" if HERE else str(SOURCE / "config.yaml")

# Read before Snakemake does, whose own words name neither file nor line.
with one_sentence(OF_CONFIG):
    there = os.path.exists(CONFIG) or not workflow.configfiles
    STATED = [lines.read_config_file(CONFIG)] if there else []  # what the config was read from


configfile: CONFIG


SETTINGS = [] if IMPORTED else list(workflow.config_settings.config_args or ())
for word in SETTINGS:
    update_config(config, lines.setting(word))
# Not of the study: what rules compare and judge are about.
COMPARED, JUDGED = (config.pop(name, None) for name in ("compare", "judge"))
with one_sentence(OF_CONFIG):
    if IMPORTED:
        STATED = []
    else:  # config.yaml is the last that Snakemake notes, and the first that it reads
        others = workflow.configfiles[:-1] if STATED else workflow.configfiles
        STATED += map(lines.read_config_file, map(os.path.relpath, others))
        STATED += [lines.command_line(SETTINGS)]
    STUDY = check(config, RESERVED, STATED, SOURCE)
