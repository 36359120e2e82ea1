"""What a download should have brought, and from where it may."""

import struct

from normstudy.data import fetch as download
from normstudy.data.checksums import CHECKSUMS, sha256, verify
from normstudy.data.idx import FILE_NAMES

from helpers.places import SAMPLE

SUMS = {name: sha256(SAMPLE / name) for name in FILE_NAMES}


def idx(shape, content):
    """An IDX file of bytes."""
    return struct.pack(f">BBBB{len(shape)}I", 0, 0, 8, len(shape), *shape) + content


def use_mirrors(monkeypatch, *addresses):
    """Let these stand for torchvision's mirrors."""
    monkeypatch.setattr(download, "torchvision_mirrors", lambda _: list(addresses))


def correct_a_label(folder):
    """Change the last training label of the files in a folder."""
    path = folder / FILE_NAMES[1]
    content = bytearray(path.read_bytes())
    content[-1] = (content[-1] + 1) % 10
    path.write_bytes(content)


def is_complete(raw):
    """Check that all four files of the sample are in place and right, and nothing besides."""
    verify(raw.parent / CHECKSUMS)
    assert {path.name for path in raw.iterdir()} == set(FILE_NAMES)
    assert all(sha256(raw / name) == SUMS[name] for name in FILE_NAMES)
