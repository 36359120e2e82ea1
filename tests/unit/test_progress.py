"""How far runs are, from the files that their jobs write."""

import json
import os
import subprocess
import time
from contextlib import suppress

import pytest
from normstudy.records.files import write_json
from normstudy.running.progress import Plan, RunProgress, duration


def test_a_plan_is_read_as_it_was_written(tmp_path):
    path = tmp_path / "plan.json"
    plan = Plan("snakemake gn", "--config a=1", {"gn-seed-1": 9})
    write_json(plan, path)
    assert Plan.read(path) == plan
    for broken in ("", "[]", '{"another": "version"}'):
        path.write_text(broken)
        assert Plan.read(path).runs == {}
    assert Plan.read(tmp_path / "none").command == ""


def test_the_plan_of_a_snakemake_that_has_ended_is_none(tmp_path):
    """As with --no-hooks: the plan of the one before is still there."""
    path = tmp_path / "plan.json"
    ended = subprocess.Popen(["true"])
    ended.wait()
    write_json(Plan("snakemake gn", process=ended.pid), path)
    assert Plan.read(path).command == ""
    write_json(Plan("snakemake gn", started=time.time() - 1e6), path)  # its number, used again
    assert Plan.read(path).command == ""
    write_json(Plan("snakemake gn", process=ended.pid, host="head-node"), path)
    assert Plan.read(path).command == "snakemake gn"


# Of planned runs of 10 epochs, the first of which asks: their states, the seconds that are left.
FINISHED, FAILED = {"ended": "finished"}, {"ended": "Error: training diverged"}
LEFT = {
    "one run alone": ([{"epoch": 4, "seconds": 24}], 36),
    "two share 30 + 30 + 60 + 60 s of work": ([{"epoch": 5, "seconds": 30}] * 2 + [{}] * 2, 90),
    "the longest that remains, thrice as long": (
        [{"epoch": 9, "seconds": 54}] * 2 + [{"cost": 300}], 180,
    ),
    "resumed: by the speed of its own epochs": (
        [{"epoch": 8, "seconds": 12, "resumed_after": 6}], 12,
    ),
    "a run that has begun shares, before its first epoch": (
        [{"epoch": 5, "seconds": 30}, {"epoch": 0}, {}], 75,
    ),
    "what ended is not waited for": (
        [{"epoch": 5, "seconds": 30}, {"epoch": 2, "seconds": 12} | FAILED,
         {"epoch": 10, "seconds": 60} | FINISHED], 30,
    ),
    "an earlier command's does not count": (
        [{"epoch": 5, "seconds": 30}, {"epoch": 10, "seconds": 600, "stale": True} | FINISHED], 90,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("states", "left"), LEFT.values(), ids=LEFT)
def test_the_time_left(tmp_path, states, left):
    started, costs = time.time() - 100, {}
    for number, state in enumerate(states):
        path = tmp_path / f"run-{number}.json"
        facts = {"epochs": 10, "begun": True} | state
        costs[path.stem], stale = facts.pop("cost", 100), facts.pop("stale", False)
        if "epoch" in state:
            write_json(facts, path)
        if stale:
            os.utime(path, (started - 900,) * 2)
    asking = RunProgress.read(tmp_path / "run-0.json")
    assert Plan(runs=costs, started=started).seconds_left(asking) == pytest.approx(left)
    alone = Plan(started=started).seconds_left(asking)  # a plan that does not have the run
    assert alone == pytest.approx(asking.seconds / asking.trained * (10 - asking.epoch))


def test_a_job_writes_what_it_does(tmp_path):
    path = tmp_path / "gn-seed-1.json"
    with pytest.raises(ValueError), RunProgress(path, epochs=5) as state:
        state.write(epoch=3, resumed_after=2)
        seen = RunProgress.read(path)
        assert (seen.epoch, seen.trained, seen.ended) == (3, 1, None) and seen.begun
        raise ValueError("no – more")
    assert json.loads(path.read_text(encoding="utf-8"))["ended"] == "no – more"
    with suppress(KeyboardInterrupt), RunProgress(path) as state:
        state.write(epoch=1)
        raise KeyboardInterrupt
    assert RunProgress.read(path).ended is None  # Ctrl-C is no failure
    with RunProgress(path):
        pass
    assert RunProgress.read(path).ended == "finished"


def test_a_file_that_cannot_be_read_or_written_is_no_progress(tmp_path):
    (tmp_path / "broken.json").write_text('{"epochs": ')
    assert RunProgress.read(tmp_path / "broken.json").epoch == 0
    RunProgress(tmp_path / "broken.json" / "inside.json").write(epoch=1)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (89, "89 s"), (90, "2 min"), (3600, "60 min"), (5400, "1 h 30 min")],
)
def test_durations(seconds, words):
    assert duration(seconds) == words
