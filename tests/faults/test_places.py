"""An odd place, an odd environment: the same tables."""

import os
import subprocess
import sys

import pytest
import yaml
from helpers.places import ROOT
from helpers.project import Project, assert_same_results

PLACE = """Größe & "Maß" d'été $HOME 数"""
CODE = "'+str(open('pwned','w'))+'"  # would run wherever text is pasted into Python

ENVIRONMENTS = {  # None: not set
    "Turkish": {
        "LC_ALL": "tr_TR.UTF-8", "TZ": "Pacific/Chatham", "PYTHONHASHSEED": "123",
        "HOME": "/proc/nowhere", "umask": 0o077,
    },
    "C": {
        "LC_ALL": "C", "TZ": "America/St_Johns", "PYTHONHASHSEED": "0", "HOME": None,
        "umask": 0o027,
    },
    "POSIX": {
        "LC_ALL": "POSIX", "TZ": None, "PYTHONHASHSEED": None, "HOME": "/dev/null", "umask": 0o002,
    },
}  # fmt: skip


@pytest.fixture
def locales(tmp_path):
    """A folder with the Turkish locale, in which i is not the small letter of I."""
    target = tmp_path / "locales" / "tr_TR.UTF-8"
    target.parent.mkdir()
    subprocess.run(["localedef", "-i", "tr_TR", "-f", "UTF-8", target], check=True)
    return target.parent


@pytest.mark.parametrize(
    "name", ["Turkish", *(pytest.param(name, marks=pytest.mark.slow) for name in ("C", "POSIX"))]
)
def test_the_same_tables_in_an_odd_place(finished, disks, locales, tmp_path, name):
    """Spaces, quotes, letters; sources read-only, reached by a link; results elsewhere."""
    place = tmp_path / PLACE
    sources = Project.new(place / "sources")
    (place / "link").symlink_to("sources")
    disks.read_only(sources.folder)
    elsewhere = Project(place / "elsewhere")
    elsewhere.folder.mkdir()
    study = elsewhere.folder / "study.yaml"
    overlay = {
        "results": f"the results{CODE}",
        "dataset": {"source": "../link/tests/data/MNIST-sample", "folder": "the data"},
        "variants": {"gn": {"label": CODE}},
    }
    study.write_text(yaml.safe_dump(overlay), encoding="utf-8")

    settings = dict(ENVIRONMENTS[name])
    umask = settings.pop("umask")
    environment = os.environ | {"LOCPATH": str(locales)} | settings
    environment = {key: value for key, value in environment.items() if value is not None}
    command = [sys.executable, "-m", "snakemake", "--cores", "1",  # not two, as `finished`
               "--snakefile", place / "link" / "Snakefile", "--directory", elsewhere.folder,
               "--configfile", place / "link/tests/workflow/sample.yaml", study]  # fmt: skip
    answer = subprocess.run(
        command, cwd="/", env=environment, umask=umask, capture_output=True, text=True
    )
    assert answer.returncode == 0, answer.stderr
    assert_same_results(elsewhere, finished, overlay["results"])
    for folder in (elsewhere.folder, ROOT):
        assert not list(folder.rglob("pwned"))
    made = [path for top in ("the data", overlay["results"])
            for path in (elsewhere.folder / top).rglob("*")]  # fmt: skip
    assert made and not [path for path in made if path.stat().st_mode & umask]
