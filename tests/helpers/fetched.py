"""What a download should have brought, and from where it may."""

import hashlib
import struct

import torchvision
from normstudy.data import fetch
from normstudy.data.checksums import CHECKSUMS, sha256, verify
from normstudy.data.idx import FILE_NAMES

from helpers.mirrors import compressed
from helpers.places import SAMPLE

SUMS = {name: sha256(SAMPLE / name) for name in FILE_NAMES}


def idx(shape, content):
    """An IDX file of bytes."""
    return struct.pack(f">BBBB{len(shape)}I", 0, 0, 8, len(shape), *shape) + content


def use_mirrors(monkeypatch, *addresses):
    """Let these stand for torchvision's mirrors of MNIST, with the sample; and there is no npm."""
    archives = [(f"{name}.gz", compressed((SAMPLE / name).read_bytes())) for name in FILE_NAMES]
    md5 = [(name, hashlib.md5(content).hexdigest()) for name, content in archives]
    monkeypatch.setattr(torchvision.datasets.MNIST, "mirrors", list(addresses))
    monkeypatch.setattr(torchvision.datasets.MNIST, "resources", md5)
    monkeypatch.setattr(fetch.shutil, "which", lambda name: None)


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
