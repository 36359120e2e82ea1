"""How far a study is, told from made-up plans and logs."""

import os
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from normstudy.network.training import epoch_line
from normstudy.running.progress import Progress, duration, progress, write_plan


class Runs:
    """Planned runs of 10 epochs whose logs and results a test writes."""

    def __init__(self, folder):
        self.folder, self.runs = folder, []

    def add(self, epochs=0, seconds=6.0, *, cost=100, done=False, resumed=0, stale=False, error=""):
        name = self.folder / f"run-{len(self.runs)}"
        log, metrics, resume = (name.with_suffix(f".{kind}") for kind in ("log", "csv", "pt"))
        self.runs.append(
            {"epochs": 10, "cost": cost, "log": str(log), "metrics": str(metrics)}
            | {"resume": str(resume)}
        )
        lines = [f"going on after epoch {resumed} of 10, from {resume}"] if resumed else []
        for epoch in range(resumed + 1, epochs + 1):
            row = {"epoch": epoch, "test_accuracy": 99.0}
            lines.append(f"gn seed 1 · {epoch_line(row, 10, seconds)}")
        if epochs or error or resumed:
            log.write_text("\n".join([*lines, error]))
            resume.touch()
        if done:
            metrics.touch()
        if stale:
            for file in (log, metrics, resume):
                if file.exists():
                    os.utime(file, (time.time() - 1000,) * 2)

    def progress(self, there=0, slots=2):
        # As if Snakemake had started a moment before the files were written.
        plan = self.folder / "plan.json"
        real, time.time = time.time, lambda: real() - 100
        try:
            write_plan(plan, there, slots, self.runs)
        finally:
            time.time = real
        return progress(plan)


@pytest.fixture
def runs(tmp_path):
    return Runs(tmp_path)


def test_without_a_plan_nothing_is_said(tmp_path):
    assert progress(tmp_path / "plan.json") is None


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
    runs.add(10, 60.0, done=True, stale=True)  # of last week's code; its log is stale as well
    runs.runs[0]["resume"] = "none"
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
