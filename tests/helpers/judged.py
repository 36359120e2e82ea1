"""Made-up runs judged as the workflow does: by default once, with LOOKS at several of them."""

from normstudy.statistics.contrasts import resolutions
from normstudy.statistics.verdicts import judging

from helpers.made_up import VERDICTS

LOOKS = VERDICTS | {"looks": [4, 8, 10]}
GRID = resolutions(10_000, 60_000)
UP = [0.10, 0.12, 0.09, 0.11, 0.10, 0.13, 0.08, 0.10, 0.12, 0.09]
EVEN = [0.01, -0.01, 0.0, 0.02, -0.02, 0.01, 0.0, -0.01, 0.01, -0.01]
WIDE = [0.3, -0.2, 0.1, -0.3, 0.25, -0.1, 0.2, -0.15, 0.05, -0.2]


def off(distances, base=99.4):
    return [round(base + distance, 2) for distance in distances]


def compare(runs, claims, given_settings=VERDICTS, **more):
    return judging.compare(runs, claims, given_settings, GRID, **more)


def judged(runs, claims, given_settings=VERDICTS, **more):
    return judging.judged_claims(compare(runs, claims, given_settings, **more), given_settings)
