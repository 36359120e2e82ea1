"""What the terminal shows, from records of Snakemake's own logger."""

import dataclasses
import logging

import pytest
from normstudy.running.console import Known, ShortLines, shorten
from snakemake.logging import DefaultFormatter
from snakemake_interface_logger_plugins.common import LogEvent


@pytest.fixture
def form():
    """Formats a record as ShortLines over Snakemake's formatter does."""
    known = Known(
        words={
            "train": ("Training {variant}, seed {seed}", "Trained {variant}, seed {seed}"),
            "download": ("Getting {dataset}", "Got {dataset}"),
        },
        dataset="MNIST",
        so_far=lambda: "2 of 3 runs trained",
        dry_run=lambda: False,
        quiet=False,
        changes=lambda: "gn: max_lr 0.015 → 0.03; retrains 1 run",
        why=lambda number: "max_lr 0.015 → 0.03" if number == 5 else "",
        gathering=lambda: 1,
        stopped=lambda: False,
        finished=lambda: "The report: results/report.html",
    )
    formatter = ShortLines(DefaultFormatter(), known)

    def form(message="", event=None, **facts):
        record = logging.LogRecord("snakemake", logging.INFO, "", 0, message, None, None)
        vars(record).update(facts | ({"event": event} if event else {}))
        return formatter.format(record)

    form.formatter = formatter
    return form


def job(number, rule="train", output=("results/gn/seed-1/metrics.csv",)):
    reason = "Missing output files: a.csv, b.pt, c.tsv; Code has changed since last execution"
    facts = {"rule_name": rule, "output": list(output), "reason": reason, "jobid": number}
    return facts | {"wildcards": {"variant": "gn", "seed": "1"}, "event": LogEvent.JOB_INFO}


def test_a_job_is_a_line_when_it_starts(form):
    assert form(**job(4))[8:] == "  Training gn, seed 1"
    assert form("Finished jobid: 4", event=LogEvent.JOB_FINISHED, job_id=4) == ""
    assert form("Execute 1 jobs...", event=LogEvent.JOB_STARTED) == ""


def test_nothing_is_said_to_run_where_results_are_only_touched(form):
    knowing(form, touch=lambda: True)
    said = form("Job stats: 1", event=LogEvent.RUN_INFO)
    assert "only marked as up to date" in said and "retrains" not in said
    starts = logging.makeLogRecord(job(4))
    assert not form.formatter.filter(starts)
    form("Finished jobid: 4", event=LogEvent.JOB_FINISHED, job_id=4)
    assert form(event=LogEvent.PROGRESS, done=1, total=3) == ""
    knowing(form, touch=lambda: False)
    assert form.formatter.filter(starts)


def test_the_dataset_is_named(form):
    assert form(**job(4, rule="download"))[8:] == "  Getting MNIST"


def test_a_rule_without_words_is_named_with_its_wildcards(form):
    assert form(**job(4, rule="export"))[8:] == "  export gn 1"


def knowing(form, **facts):
    """From now on these are what is known."""
    form.formatter.known = dataclasses.replace(form.formatter.known, **facts)


def test_a_dry_run_says_why(form):
    knowing(form, dry_run=lambda: True)
    because = "Missing output files: a.csv and 2 more; Code has changed since last execution"
    assert form(**job(4)) == f"Training gn, seed 1\n    because: {because}"
    assert form(**job(5)) == "Training gn, seed 1\n    because: max_lr 0.015 → 0.03"


def test_what_changed_is_said_once_below_the_number_of_jobs(form):
    stats = {"message": "Job stats:\njob count", "event": LogEvent.RUN_INFO}
    both = "Job stats:\njob count\ngn: max_lr 0.015 → 0.03; retrains 1 run"
    assert form(**stats) == both
    knowing(form, dry_run=lambda: True)
    assert form(**stats) == ""  # Snakemake says it before and after the jobs of a dry run
    form(**job(4))
    assert form(**stats) == both


def test_a_target_that_only_gathers_is_not_mentioned(form):
    assert form(**job(0, rule="all", output=())) == ""


def test_a_job_that_ended_is_named_with_how_far_the_study_is(form):
    form(**job(4))
    form(**job(0, rule="all", output=()))
    assert form("Finished jobid: 4", event=LogEvent.JOB_FINISHED, job_id=4) == ""
    line = form(event=LogEvent.PROGRESS, done=5, total=11)
    assert line[8:] == "  Trained gn, seed 1 (5 of 10 jobs) · 2 of 3 runs trained"
    form("Finished jobid: 0", event=LogEvent.JOB_FINISHED, job_id=0)
    assert form(event=LogEvent.PROGRESS, done=11, total=11) == ""  # it only gathers


def test_when_the_user_has_stopped_the_run_nothing_failed(form, tmp_path):
    form(**job(4))
    knowing(form, stopped=lambda: True)
    facts = {"jobid": 4, "rule_name": "train", "log": [str(tmp_path / "train.log")]}
    assert form(event=LogEvent.JOB_ERROR, **facts) == ""
    assert form("RuleException:\nCalledProcessError in x", event=LogEvent.ERROR) == ""
    assert form("Terminating processes on user request, this might take some time.") == ""


def test_a_failed_job_shows_the_end_of_its_log(form, tmp_path):
    log = tmp_path / "train.log"
    log.write_text("".join(f"line {n}\n" for n in range(100)))
    form(**job(4))
    facts = {"jobid": 4, "rule_name": "train", "log": [str(log)]}
    shown = form(event=LogEvent.JOB_ERROR, **facts)
    assert "Failed: Training gn, seed 1\n" in shown and f"last lines of {log}" in shown
    assert "line 99" in shown and "line 88" in shown and "line 87" not in shown
    group = form(event=LogEvent.GROUP_ERROR, job_error_info=[facts, facts | {"jobid": 9}])
    assert group.count("line 99") == 2 and "Failed: train\n" in group


def test_a_job_that_was_killed_is_said_to_be(form):
    error = "RuleException:\nCalledProcessError in file x, line 9:\nCommand 'y' "
    shown = form(f"{error}died with <Signals.SIGKILL: 9>.", event=LogEvent.ERROR)
    assert "SIGKILL" in shown and "memory" in shown and "Command" not in shown
    ended = form(f"{error}died with <Signals.SIGTERM: 15>.", event=LogEvent.ERROR)
    assert "SIGTERM" in ended and "memory" not in ended
    assert form(f"{error}returned non-zero exit status 1.", event=LogEvent.ERROR) == ""


def test_when_nothing_is_to_be_done_the_report_is_named(form):
    shown = form("Nothing to be done (all requested files are present and up to date).")
    assert shown.endswith("\nThe report: results/report.html")


def test_chatter_is_left_out_and_the_rest_left_in(form):
    assert form("Complete log(s): x") == form("Elapsed time: 0:01") == ""
    assert form("Provided cores: 2", event=LogEvent.RESOURCES_INFO) == "Provided cores: 2"
    assert form("WorkflowError:\nno such file", event=LogEvent.ERROR).startswith("WorkflowError")


def test_lists_of_files_become_their_first():
    assert shorten("Forced execution") == "Forced execution"
    assert shorten("Updated input files: a") == "Updated input files: a"
    assert shorten("Updated input files: a, b; Params have changed") == (
        "Updated input files: a and 1 more; Params have changed"
    )


def test_the_plan_is_made_again_when_a_look_has_added_jobs(form):
    planned = []
    knowing(form, grown=lambda: planned.append("again"))
    form(**job(4))
    assert not planned
    assert form("Updating checkpoint dependencies.") == ""
    assert not planned  # the jobs are added after this message
    form(**job(5))
    form(**job(6))
    assert planned == ["again"]


def test_a_dry_run_ends_with_what_the_next_look_trains(form):
    knowing(form, dry_run=lambda: True, more=lambda: "Trained for the look at 10 seeds: 5 of gn.")
    said = form("This was a dry-run (flag -n). The order of jobs does not …")
    assert said.endswith("\nTrained for the look at 10 seeds: 5 of gn.")
    assert form("The run involves checkpoint jobs, which will …") == ""
