"""The published pages are those that the code of today makes of the published runs."""

import pytest
from evidence.__main__ import EVIDENCE
from evidence.publish import publish
from helpers.places import ROOT

PUBLISHED = sorted(path.name for path in EVIDENCE.iterdir() if path.is_dir())


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_page_and_its_pictures_are_remade_byte_for_byte(name, tmp_path):
    written = publish(ROOT, name, tmp_path)
    assert any(path.suffix == ".svg" for path in written)
    for path in written:
        published = ROOT / path.relative_to(tmp_path)
        assert published.read_bytes() == path.read_bytes(), f"make evidence: {published}"
