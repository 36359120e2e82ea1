"""How far a study is, told from made-up plans and events."""

import dataclasses
import os
import socket
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from normstudy.errors import StudyError
from normstudy.running.events import Event, RunEvents, events_path, read_events
from normstudy.running.progress import Plan, PlannedRun, Progress, duration, progress, slots


class Runs:
    """Planned runs of 10 epochs whose events and results a test writes."""

    def __init__(self, folder):
        self.folder, self.runs = folder, []
        self.started = time.time() - 100  # as if Snakemake had, before any file was written

    def add(self, epochs=0, seconds=6.0, *, cost=100, done=False, resumed=0, stale=False, error=""):
        name = self.folder / f"run-{len(self.runs)}"
        path, metrics, resume = (name.with_suffix(f".{kind}") for kind in ("jsonl", "csv", "pt"))
        self.runs.append(PlannedRun("a run", 10, cost, str(path), str(metrics), str(resume)))
        if epochs or error or resumed:
            with suppress(StudyError), RunEvents(name.with_suffix(".log")) as events:
                if resumed:
                    events.resumed(resumed)
                for epoch in range(resumed + 1, epochs + 1):
                    events.epoch({"epoch": epoch, "test_accuracy": 99.0}, seconds)
                if error:
                    raise StudyError(error)
            resume.touch()
        if done:
            metrics.touch()
        if stale:
            for file in (path, metrics, resume):
                if file.exists():
                    os.utime(file, (self.started - 900,) * 2)

    def progress(self, there=0, slots=2):
        return progress(Plan(there=there, slots=slots, runs=self.runs, started=self.started))


@pytest.fixture
def runs(tmp_path):
    return Runs(tmp_path)


def test_without_a_plan_nothing_is_said(tmp_path):
    assert str(progress(Plan.read(tmp_path / "plan.json"))) == ""


def test_a_plan_is_read_as_it_was_written(tmp_path):
    path = tmp_path / "plan.json"
    plan = Plan(
        "snakemake -c 1",
        "--config a=1",
        3,
        2,
        runs=[PlannedRun("gn", 1, 9, "a.jsonl", "a.csv", "a.pt")],
    )
    plan.write(path)
    read = Plan.read(path)
    assert read == dataclasses.replace(plan, process=os.getpid(), host=socket.gethostname())
    for broken in ("", "[]", '{"another": "version"}'):
        path.write_text(broken)
        assert Plan.read(path).runs == []


def test_the_events_of_a_job_are_a_line_each(tmp_path):
    log = tmp_path / "run.log"
    with pytest.raises(StudyError), RunEvents(log) as events:
        events.resumed(3)
        events.epoch({"epoch": 4, "test_accuracy": 99.31, "test_loss": 0.1}, 8.91234)
        raise StudyError("no – more")
    path = events_path(log)
    assert path.read_text().count("\n") == 4
    assert read_events(path) == [
        Event("started"),
        Event("resumed", epoch=3),
        Event("epoch", epoch=4, seconds=8.912, test_accuracy=99.31),
        Event("failed", error="no – more"),
    ]
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[1] == '{"state": "resumed", "epoch": 3}'
    assert lines[3] == '{"state": "failed", "error": "no – more"}'
    with path.open("a") as file:
        file.write('3\n{"state": "ep')  # damaged, and being written
    assert len(read_events(path)) == 4
    with RunEvents(log):
        assert read_events(path) == [Event("started")]  # of this job alone
    assert read_events(path)[-1] == Event("finished")


def test_a_run_stopped_by_ctrl_c_has_not_failed(tmp_path):
    with suppress(KeyboardInterrupt), RunEvents(tmp_path / "run.log") as events:
        raise KeyboardInterrupt
    assert [event.state for event in read_events(events.path)] == ["started"]


def test_before_the_first_epoch_no_time_is_promised(runs):
    runs.add()
    runs.add()
    assert str(runs.progress()) == "0 of 2 runs trained"


def test_one_run_alone(runs):
    runs.add(4, 6.0)
    assert runs.progress() == Progress(0, 1, pytest.approx(36))


def test_two_side_by_side_share_what_waits(runs):
    runs.add(5, 6.0)
    runs.add(5, 6.0)
    runs.add()
    runs.add()
    # 30 + 30 of the two that train, 60 + 60 that wait: 180 s of work for two
    assert runs.progress() == Progress(0, 4, pytest.approx(90))


def test_no_sooner_than_the_longest_run_that_remains(runs):
    runs.add(9, 6.0)
    runs.add(9, 6.0)
    runs.add(cost=300)  # three times as long as the others
    assert runs.progress() == Progress(0, 3, pytest.approx(180))


def test_runs_that_were_there_count_as_trained_and_cost_nothing(runs):
    runs.add(10, 6.0, done=True)
    runs.add(5, 6.0)
    assert runs.progress(there=27) == Progress(28, 29, pytest.approx(30))
    assert str(runs.progress(there=27)) == "28 of 29 runs trained, about 30 s of training left"


def test_results_to_be_made_anew_do_not_count_as_trained(runs):
    runs.add(10, 60.0, done=True, stale=True)  # of last week's code; its events are stale as well
    runs.runs[0] = dataclasses.replace(runs.runs[0], resume="none")
    runs.add(5, 6.0)
    assert runs.progress(slots=1) == Progress(0, 2, pytest.approx(30 + 60))


def test_a_run_that_goes_on_has_the_rest_left(runs):
    runs.add(8, 6.0, resumed=6)
    assert runs.progress() == Progress(0, 1, pytest.approx(12))


def test_a_run_that_waits_to_go_on_has_the_rest_left(runs):
    runs.add(5, 6.0)
    runs.add(8, 600.0, stale=True)  # interrupted by another command, at another speed
    assert runs.progress(slots=1) == Progress(0, 2, pytest.approx(30 + 12))


def test_a_run_that_failed_is_waited_for_no_longer(runs):
    runs.add(5, 6.0)
    runs.add(2, 6.0, error="Error: training diverged in epoch 3")
    assert runs.progress() == Progress(0, 2, pytest.approx(30))


def test_at_the_end_no_time_is_left(runs):
    runs.add(10, 6.0, done=True)
    assert str(runs.progress()) == "1 of 1 runs trained"


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


def test_as_many_jobs_side_by_side_as_the_scarcest_resource_allows():
    limits = {"_cores": 8, "mem_mb": 4000, "_nodes": 10**9, "gpu": None}
    assert slots({"_cores": 1, "mem_mb": 1500, "runtime": "1h", "gpu": 0}, limits) == 2
    assert slots({"_cores": 1}, {"_cores": 8}) == 8
    assert slots({"mem_mb": 9000}, limits) == slots({}, {}) == 1


def test_it_says_which_look_the_runs_lead_to():
    found = progress(Plan(there=3, upto="the look at 10 seeds"))
    assert str(found) == "3 of 3 runs up to the look at 10 seeds trained"
