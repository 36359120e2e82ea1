"""Compiled functions, and the folder that keeps them: nothing old is ever taken from it.

Numba's own cache looks at the date of a function's file and does not see that a module it
imports has changed. Here the folder's name is a digest of everything that decides the machine
code: the sources of all compiled modules, the versions of Python and Numba, the processor.
So an edited kernel, another version or an unlike node of a cluster compiles into a folder of
its own, and jobs that start at once write equal files (Numba moves them into place whole).
"""

import hashlib
import os
import platform
import re
import tempfile
from functools import partial
from pathlib import Path

import llvmlite.binding as llvm
import numba
from numba.core.caching import UserProvidedCacheLocator
from numba.core.codegen import get_host_cpu_features

PROJECT = Path(__file__).resolve().parents[4]


def sources() -> list[Path]:
    """The modules of this room that hold compiled functions or instructions, and this one."""
    modules = sorted(Path(__file__).parent.rglob("*.py"))
    return [path for path in modules if re.search(rb"compiled import|numba", path.read_bytes())]


def processor() -> str:
    """The instructions compiled for: the host's, or those that Numba's settings name."""
    name = numba.config.CPU_NAME or llvm.get_host_cpu_name()
    given = numba.config.CPU_FEATURES
    return f"{platform.machine()} {name} {get_host_cpu_features() if given is None else given}"


def cache_folder() -> Path | None:
    """Where compiled code is kept; None if no such folder can be written.

    In $NUMBA_CACHE_DIR, if that is set, else in the project, else in the user's cache.
    """
    parts = [platform.python_version(), numba.__version__, llvm.llvm_version_info, processor()]
    digest = hashlib.sha256(repr(parts).encode())
    for path in sources():
        digest.update(path.read_bytes())
    user = os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()
    stated = os.environ.get("NUMBA_CACHE_DIR")
    for parent in (*([Path(stated)] if stated else []), PROJECT / ".snakemake", Path(user)):
        folder = parent / "normstudy-kernels" / digest.hexdigest()[:16]
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                return folder
        except OSError:
            continue
    return None


class InFolder(UserProvidedCacheLocator):
    """Numba's way to a function's compiled code: the same for every copy of the project."""

    def get_cache_path(self) -> str:
        """Numba adds the path of the source's folder."""
        return numba.config.CACHE_DIR


FOLDER = cache_folder()
if FOLDER:
    numba.config.CACHE_DIR = str(FOLDER)
    numba.config.CACHE_LOCATOR_CLASSES = f"{__name__}.{InFolder.__name__}"
# Level 1 of LLVM's optimizations gives the same speed as 3, in two thirds of the compile time.
numba.config.OPT = type(numba.config.OPT)(1)
# No fast-math: the order of every sum and each rounding are those of the source. A division by
# zero gives infinity, as in NumPy.
compiled = partial(numba.njit, error_model="numpy", cache=FOLDER is not None)
# For functions that only compiled ones call: without the code that Python would call.
inner = partial(compiled, no_cpython_wrapper=True, no_cfunc_wrapper=True)
AVX512 = "avx512f" in processor().replace("-avx512f", "")
