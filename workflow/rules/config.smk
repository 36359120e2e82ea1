"""The config: read, checked, and completed by the schema's defaults."""

import os
import sys
from contextlib import contextmanager
from pathlib import Path

# Relative to the working folder, so that a project that is moved is not trained again.
SOURCE = Path(os.path.relpath(Path(workflow.current_basedir).parents[1]))
sys.path.insert(0, str(SOURCE / "workflow" / "scripts"))

from normstudy.config import resolved as study
from normstudy.config.check import check, load_schema
from normstudy.config.figures import report_figures
from normstudy.config.lines import command_line, read_config_file, spelled, typed
from normstudy.config.targets import RESERVED, RULES
from normstudy.data.changes import changed
from normstudy.data.datasets import DATASETS
from normstudy.data.idx import FILE_NAMES
from normstudy.errors import StudyError
from snakemake.utils import update_config


@contextmanager
def one_sentence(opening="Error: "):
    """End with the sentence of a StudyError: Snakemake would add its own lines of code to it."""
    try:
        yield
    except StudyError as error:
        sys.exit(f"{opening}{error}")


OF_CONFIG = "Error in the config:\n"
# Another workflow imports this one (module:). What the terminal shows is its own then, and its
# config stands in for config.yaml, its --config and config files are not meant for this one.
IMPORTED = not workflow.modifier.is_main_snakefile()

# The working folder's own, if it has one (snakemake --directory); else the project's.
CONFIG = str(SOURCE / "config.yaml")
if not IMPORTED and os.path.exists("config.yaml"):
    CONFIG = "config.yaml"

# Read before Snakemake does, whose own words name neither file nor line.
if os.path.exists(CONFIG) or not workflow.configfiles:
    with one_sentence(OF_CONFIG):
        read_config_file(CONFIG)


configfile: CONFIG


SETTINGS = {} if IMPORTED else typed(dict(workflow.config_settings.config))
# config.yaml is the last that Snakemake notes, and the first that it reads.
CONFIG_FILES = (
    []
    if IMPORTED
    else map(os.path.relpath, [*workflow.configfiles[-1:], *workflow.configfiles[:-1]])
)
update_config(config, SETTINGS)
with one_sentence(OF_CONFIG):
    STUDY = check(
        config,
        load_schema(SOURCE / "workflow" / "schemas" / "config.schema.yaml"),
        RESERVED,
        [*map(read_config_file, CONFIG_FILES), command_line(SETTINGS)],
        SOURCE,
    )
