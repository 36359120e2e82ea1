"""How far runs are, from the files that their jobs write."""

import dataclasses
import json
import os
import subprocess
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from normstudy.records.files import write_json
from normstudy.running.progress import Plan, RunProgress, duration


class Runs:
    """Planned runs of 10 epochs whose progress a test writes."""

    def __init__(self, folder):
        self.folder, self.costs = folder, {}
        self.started = time.time() - 100  # as if Snakemake had, before any file was written

    def add(self, epoch=0, elapsed=0.0, *, cost=100, stale=False, **facts):
        path = self.folder / f"run-{len(self.costs)}.json"
        self.costs[path.stem] = cost
        if epoch or facts:
            state = RunProgress(path, epochs=10, epoch=epoch, elapsed=elapsed, **facts)
            write_json({k: v for k, v in dataclasses.asdict(state).items() if k != "path"}, path)
        if stale:
            os.utime(path, (self.started - 900,) * 2)
        return RunProgress.read(path)

    def left(self, asking):
        return Plan(runs=self.costs, started=self.started).seconds_left(asking)


@pytest.fixture
def runs(tmp_path):
    return Runs(tmp_path)


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


def test_one_run_alone(runs):
    assert runs.left(runs.add(4, 24.0)) == pytest.approx(36)


def test_a_run_outside_the_plan_tells_its_own_time(runs, tmp_path):
    runs.add(1, 600.0)
    runs.costs.clear()
    assert runs.left(RunProgress.read(tmp_path / "run-0.json")) == pytest.approx(5400)


def test_two_side_by_side_share_what_waits(runs):
    run = runs.add(5, 30.0)
    runs.add(5, 30.0)
    runs.add()
    runs.add()
    assert runs.left(run) == pytest.approx(90)  # 30 + 30 + 60 + 60 s of work for two


def test_no_sooner_than_the_longest_run_that_remains(runs):
    run = runs.add(9, 54.0)
    runs.add(9, 54.0)
    runs.add(cost=300)  # three times as long as the others
    assert runs.left(run) == pytest.approx(180)


def test_a_run_that_resumed_tells_its_speed_by_its_own_epochs(runs):
    assert runs.left(runs.add(8, 12.0, resumed_after=6)) == pytest.approx(12)


def test_what_ended_is_waited_for_no_longer(runs):
    run = runs.add(5, 30.0)
    runs.add(2, 12.0, ended="Error: training diverged")
    runs.add(10, 60.0, ended="finished")
    assert runs.left(run) == pytest.approx(30)


def test_the_file_of_an_earlier_command_does_not_count(runs):
    run = runs.add(5, 30.0)
    runs.add(10, 600.0, stale=True, ended="finished")
    assert runs.left(run) == pytest.approx(90)


def test_a_job_writes_what_it_does(tmp_path):
    path = tmp_path / "gn-seed-1.json"
    with pytest.raises(ValueError), RunProgress(path, epochs=5) as state:
        state.write(epoch=3, resumed_after=2)
        seen = RunProgress.read(path)
        assert (seen.epoch, seen.trained, seen.ended) == (3, 1, None) and seen.elapsed > 0
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


@given(st.floats(0, 1e6))
def test_a_duration_is_off_by_half_a_minute_at_most(seconds):
    units = {"s": 1, "min": 60, "h": 3600}
    words = duration(seconds).split()
    said = sum(int(n) * units[u] for n, u in zip(words[::2], words[1::2], strict=True))
    assert abs(said - seconds) <= 30
