"""A job's output goes to its log; what the user should see also goes to the terminal."""

import errno
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

from ..errors import StudyError
from .processes import queue


class Say:
    """Called with a line, prints it to the log and to the terminal."""

    def __init__(self, terminal: TextIO):
        self._terminal = terminal

    def __call__(self, line: str) -> None:
        self.terminal(line)
        _print(line, sys.stdout)

    def terminal(self, line: str) -> None:
        """Print a line to the terminal alone."""
        _print(line, self._terminal)


def _print(line: str, place: TextIO) -> None:
    with suppress(OSError):  # a full disk, or a terminal that was closed
        print(line, file=place, flush=True)


def _open_closed_streams() -> None:
    """Let what was closed (2>&-) lead nowhere, before another file is given its number."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(descriptor)
    sys.stdout = sys.stdout or open(1, "w", closefd=False)  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", closefd=False)  # noqa: SIM115


# What it is called by PyTorch (on the CPU, by oneDNN, on a GPU), and by the loader of libraries.
# NumPy and Python raise MemoryError.
NO_MEMORY = (
    "allocate memory",
    "could not create a primitive",
    "out of memory",
    "failed to map segment",
)


def is_out_of_memory(error: Exception) -> bool:
    """Whether the error, of whatever library, comes from a lack of memory."""
    if isinstance(error, MemoryError) or getattr(error, "errno", None) == errno.ENOMEM:
        return True
    return any(words in str(error).lower() for words in NO_MEMORY)


@contextmanager
def job_log(path: str | Path) -> Iterator[Say]:
    """Send the process's output to the log at `path` while the block runs.

    Yields what prints a line to the terminal as well. A StudyError ends the process with its
    sentence; any other exception does with its name, and its traceback is in the log.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    _open_closed_streams()
    terminal = os.fdopen(os.dup(2), "w", encoding="utf-8", errors="replace")
    sys.stdout.flush()
    sys.stderr.flush()
    queue(path, lambda line: print(line, file=terminal, flush=True))
    with path.open("wb") as log:  # the descriptors, so that output of C code is caught as well
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    if isinstance(sys.stdout, TextIOWrapper):  # not one that a caller put in its place
        sys.stdout.reconfigure(encoding="utf-8", errors="replace", line_buffering=True)
    say = Say(terminal)
    try:
        yield say
    except StudyError as error:
        say(f"Error: {error}")
        sys.exit(1)
    except Exception as error:
        if is_out_of_memory(error):
            say(
                "Error: not enough memory: run fewer jobs side by side (--cores), or"
                f" lower batch_size. It was: {str(error).splitlines()[0] if str(error) else ''}"
            )
            sys.exit(1)
        traceback.print_exc()
        say(f"Error: {type(error).__name__}: {error} (traceback in {path})")
        sys.exit(1)
    finally:
        with suppress(OSError):
            sys.stdout.flush()
