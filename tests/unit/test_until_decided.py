"""Which runs follow a look, with `seeds: until decided`."""

import pytest
from normstudy.statistics.verdicts.until_decided import last_looks, runs

VARIANTS = ["gn", "ln", "bn"]
LOOKS = [2, 4, 7]


@pytest.mark.parametrize(
    ("gone_on", "seeds"),
    [
        ([], {"gn": 2, "ln": 2, "bn": 2}),
        ([[]], {"gn": 2, "ln": 2, "bn": 2}),
        ([["gn", "bn"]], {"gn": 4, "ln": 2, "bn": 4}),
        ([["gn", "bn"], []], {"gn": 4, "ln": 2, "bn": 4}),
        ([["gn", "bn"], ["bn"]], {"gn": 4, "ln": 2, "bn": 7}),
        ([["gn", "left the config"]], {"gn": 4, "ln": 2, "bn": 2}),
    ],
)
def test_only_what_goes_on_is_trained_further(gone_on, seeds):
    assert last_looks(VARIANTS, LOOKS, gone_on) == seeds
    found = runs(VARIANTS, range(11, 18), LOOKS, gone_on)
    assert found == [(v, seed) for v in VARIANTS for seed in range(11, 11 + seeds[v])]
