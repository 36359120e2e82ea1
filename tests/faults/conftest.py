"""File systems that are small, full or read-only."""

import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest


class Disks:
    """Mounts file systems over folders, whose content stays there. Takes root."""

    def __init__(self):
        self.mounted = []

    def _mount(self, folder: Path, *options: str) -> None:
        subprocess.run(["mount", *options, folder], check=True)
        self.mounted.append(folder)

    def small(self, folder: Path, room: str = "400k", aside: Path | None = None) -> None:
        """A file system of that size, with the folder's content if there is a place for it."""
        if aside:
            shutil.copytree(folder, aside)
        self._mount(folder, "-t", "tmpfs", "-o", f"size={room}", "tmpfs")
        if aside:
            shutil.copytree(aside, folder, dirs_exist_ok=True)

    def read_only(self, folder: Path) -> None:
        self._mount(folder, "--bind", folder)
        subprocess.run(["mount", "-o", "remount,ro,bind", folder], check=True)

    def fill(self, folder: Path) -> Path:
        """Fill the folder's file system to the last byte; returns the file that does."""
        filler = folder / "filler"
        with suppress(OSError), filler.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(1 << 16))
        return filler

    def free(self) -> None:
        while self.mounted:
            subprocess.run(["umount", self.mounted.pop()], check=True)


@pytest.fixture
def disks():
    mine = Disks()
    yield mine
    mine.free()
