"""Made-up runs judged as the workflow does: by default once, with LOOKS at several of them."""

from normstudy.statistics.contrasts import study_scales
from normstudy.statistics.verdicts.judging import Judgement
from normstudy.statistics.verdicts.judging import judge as judge_tidy

from helpers.made_up import VERDICTS

LOOKS = VERDICTS | {"looks": [4, 8, 10]}
UP = [0.10, 0.12, 0.09, 0.11, 0.10, 0.13, 0.08, 0.10, 0.12, 0.09]
EVEN = [0.01, -0.01, 0.0, 0.02, -0.02, 0.01, 0.0, -0.01, 0.01, -0.01]
WIDE = [0.3, -0.2, 0.1, -0.3, 0.25, -0.1, 0.2, -0.15, 0.05, -0.2]


def off(distances, base=99.4):
    return [round(base + distance, 2) for distance in distances]


def judge(runs, claims, settings=VERDICTS, scales=None, **more) -> Judgement:
    """Runs with a column per metric, judged; by default on 10,000 test images."""
    values = runs.melt(["variant", "seed"], var_name="metric")
    return judge_tidy(
        values, claims, settings, scales or study_scales(settings, 10_000, 60_000), **more
    )


def compare(*args, **more):
    return judge(*args, **more).comparisons


def judged(*args, **more):
    return judge(*args, **more).claims
