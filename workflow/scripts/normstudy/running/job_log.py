"""A job's output goes to its log; what the user should see also goes to the terminal."""

import errno
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from pathlib import Path

from ..errors import StudyError
from .processes import queue

Say = Callable[[str], None]  # prints a line to the log and to the terminal


def _open_closed_streams() -> None:
    """Let what was closed (2>&-) lead nowhere, before another file is given its number."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(descriptor)
    sys.stdout = sys.stdout or open(1, "w", closefd=False)  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", closefd=False)  # noqa: SIM115


# What PyTorch says (on the CPU, by oneDNN, on a GPU), and the loader of libraries.
NO_MEMORY = (
    "allocate memory",
    "could not create a primitive",
    "out of memory",
    "failed to map segment",
)


def is_out_of_memory(error: Exception) -> bool:
    """Whether the error, of whatever library, comes from a lack of memory."""
    lacking = isinstance(error, MemoryError) or getattr(error, "errno", None) == errno.ENOMEM
    return lacking or any(words in str(error).lower() for words in NO_MEMORY)


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

    def say(line: str) -> None:
        for place in (terminal, sys.stdout):
            with suppress(OSError):  # a full disk, or a terminal that was closed
                print(line, file=place, flush=True)

    try:
        yield say
    except StudyError as error:
        say(f"Error: {error}")
        sys.exit(1)
    except Exception as error:
        if is_out_of_memory(error):
            say(
                "Error: not enough memory: run fewer jobs side by side (--cores), or"
                f" lower batch_size. It was: {next(iter(str(error).splitlines()), '')}"
            )
        else:
            traceback.print_exc()
            say(f"Error: {type(error).__name__}: {error} (traceback in {path})")
        sys.exit(1)
    finally:
        with suppress(OSError):
            sys.stdout.flush()
