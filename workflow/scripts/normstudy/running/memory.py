"""How this process takes memory from the system: a setting for speed, not for results."""

import ctypes

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # glibc's malloc.h
KEPT = 256 << 20  # bytes of freed memory to keep: several times what a training step needs
LARGEST = 32 << 20  # the largest block to take from kept memory: glibc allows no more


def keep_freed_memory() -> None:
    """Let each step work in the memory that the last one freed.

    glibc returns large freed blocks to the system, and the next step then pays for the same
    pages again: 210 to 275 page faults a step, against one or two with this. Elsewhere than on
    Linux with glibc it does nothing.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError, TypeError):  # macOS, musl, Windows
        return
    mallopt(M_MMAP_THRESHOLD, LARGEST)
    mallopt(M_TRIM_THRESHOLD, KEPT)
