"""What a job prints goes to its log; what the reader should see, to the terminal too."""

import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from .errors import StudyError
from .processes import queue

TAIL_LINES = 12

# What PyTorch says of it, on the CPU and on a GPU; NumPy raises MemoryError.
NO_MEMORY = ("allocate memory", "out of memory")


def _is_out_of_memory(error: Exception) -> bool:
    return isinstance(error, MemoryError) or (
        isinstance(error, RuntimeError) and any(words in str(error) for words in NO_MEMORY)
    )


@contextmanager
def job_log(path: str | Path) -> Iterator[Callable[[str], None]]:
    """Send the process's output to the log at `path` while the block runs.

    Yields a function that prints a line to the log and to the terminal. A StudyError ends
    the process with its sentence; any other exception puts its traceback in the log, and
    the log's last lines and place on the terminal.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    terminal = os.fdopen(os.dup(2), "w", encoding="utf-8", errors="replace")
    sys.stdout.flush()
    sys.stderr.flush()
    queue(path, lambda line: print(line, file=terminal, flush=True))
    with path.open("wb") as log:  # the descriptors, so that output of C code is caught as well
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
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
        if _is_out_of_memory(error):
            say(
                "Error: the memory does not suffice: run fewer jobs side by side (--cores), or"
                f" lower batch_size. It was: {str(error).splitlines()[0] if str(error) else ''}"
            )
            sys.exit(1)
        traceback.print_exc()
        sys.stderr.flush()
        tail = path.read_text(encoding="utf-8", errors="replace").splitlines()[-TAIL_LINES:]
        print(f"\nLast lines of {path}:", *tail, sep="\n  ", file=terminal, flush=True)
        sys.exit(1)
    finally:
        with suppress(OSError):
            sys.stdout.flush()
