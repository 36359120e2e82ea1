"""The machine that a job runs on, and the time."""

import os
import platform
from datetime import UTC, datetime
from pathlib import Path


def now() -> str:
    """The time in UTC to the second, as ISO 8601 writes it: 2026-01-31T12:00:00Z."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def processor() -> str:
    """The processor's name as the system gives it, and how many threads it runs at once."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores"
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return f"{names[0] if names else platform.machine()}, {os.cpu_count()} cores"


def accelerator(device: str) -> str | None:
    """The name of the GPU behind a torch device ("cuda", "mps"); None for "cpu"."""
    if device == "cpu":
        return None
    import torch  # seconds to import: only where it has been used already

    return torch.cuda.get_device_name() if device == "cuda" else f"Apple {platform.machine()}"
