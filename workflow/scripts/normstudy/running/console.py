"""Snakemake's terminal output, shortened to what a user wants to know.

Its own form lists every input of every job: dozens of code files, hundreds of runs. Here a job
is a line when it starts and a line when it ends. The file under .snakemake/log has it all.
"""

import logging
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Event = Any  # a logging.LogRecord, with what Snakemake adds to it for this kind of event
TAIL_LINES = 12
CHATTER = (
    "Select jobs to execute",
    "Execute ",
    "Assuming unrestricted shared filesystem",
    "Using shell:",
    "Rules claiming more threads",
    "Conda environments: ignored",
    "Complete log(s):",
    "Elapsed time:",
    "DAG of jobs will be updated after completion",
    "The run involves checkpoint jobs",
    "Exiting because a job execution failed",
    "WorkflowError:\nAt least one job did not complete successfully.",
    "Terminating processes on user request",
    # Of a dry run, which says in other words what changed.
    "Reasons:",
    "Some jobs were triggered by provenance information",
    "Rules with provenance triggered jobs",
)
UNRECORDED = re.compile(r"\d+ jobs have (missing|outdated) provenance/metadata")
LISTED = re.compile(r"(?<=: )([^,;]+), ([^;]+)")


def shorten(reason: str) -> str:
    """Snakemake's reason for a job with the first file of each list and the number of others."""
    return LISTED.sub(lambda m: f"{m[1]} and {m[2].count(',') + 1} more", reason)


def tail(path: str) -> list[str]:
    """The last lines of a log."""
    try:
        lines = Path(path).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ["(there is no such file)"]
    return lines[-TAIL_LINES:] or ["(it is empty)"]


@dataclass(frozen=True)
class Known:
    """What the lines are made from besides Snakemake's own records."""

    words: Mapping[str, Sequence[str]]  # rule → what its jobs do, did; {dataset}, wildcards in them
    dataset: str
    so_far: Callable[[], str]  # how far the study is, or ""
    dry_run: Callable[[], bool]  # whether this is one
    quiet: bool  # whether Snakemake was told to be
    changes: Callable[[], str]  # since results were made and what that makes run, or ""
    why: Callable[[int], str]  # the job of this number runs, or "": Snakemake's reason is best
    gathering: Callable[[], int]  # how many of the jobs to run make nothing themselves
    stopped: Callable[[], bool]  # whether the user has ended the run
    finished: Callable[[], str]  # what to say when nothing had to be done
    touch: Callable[[], bool] = lambda: False  # whether results are only marked as up to date
    grown: Callable[[], None] = lambda: None  # called before the first job after some were added
    more: Callable[[], str] = lambda: ""  # what else to say of a dry run


class ShortLines(logging.Formatter):
    """Snakemake's messages in short; those it does not know are left to `whole`.

    Args:
        whole: Snakemake's own formatter.
        known: what is known of the study and its jobs.
    """

    def __init__(self, whole: logging.Formatter, known: Known):
        super().__init__()
        self.whole, self.known = whole, known
        self.jobs: dict[int, tuple[str, str]] = {}  # job's number → what it does, what it did
        self.gathering: set[int] = set()  # the numbers of targets, which only gather
        self.ended: list[int] = []  # jobs since the last line of progress
        self.gathered = 0
        self.growing = False  # jobs were added since the last one started
        self.forms = {
            None: self._message,
            "resources_info": self._message,
            "run_info": self._run_info,
            "error": self._error,
            "workflow_started": lambda record: "",
            "job_info": self._job_info,
            "job_started": lambda record: "",  # so many jobs: each has a line of its own
            "job_finished": self._job_finished,
            "progress": self._progress,
            "job_error": self._job_error,
            "group_error": self._group_error,
        }

    def filter(self, record: logging.LogRecord) -> bool:
        """Drop the start of a job that is only touched: an empty line goes before each."""
        return str(getattr(record, "event", "")) != "job_info" or not self.known.touch()

    def format(self, record: logging.LogRecord) -> str:
        event = getattr(record, "event", None)
        return self.forms.get(event and str(event), self.whole.format)(record)

    def _line(self, text: str) -> str:
        return f"{time.strftime('%H:%M:%S')}  {text}"

    def _run_info(self, record: logging.LogRecord) -> str:
        """How many jobs will run; in a dry run Snakemake says it before and after the jobs."""
        if self.known.dry_run() and not self.jobs and not self.known.quiet:
            return ""
        marked = "Nothing runs: these results are only marked as up to date."
        more = marked if self.known.touch() else self.known.changes()
        return "\n".join(filter(None, [self._message(record), more]))

    def _job_info(self, record: Event) -> str:
        if self.growing:
            self.growing = False
            self.known.grown()
        wildcards = dict(record.wildcards)
        name = " ".join([record.rule_name, *wildcards.values()])
        words = self.known.words.get(record.rule_name, (name, f"Done: {name}"))
        does, did = (text.format(dataset=self.known.dataset, **wildcards) for text in words[:2])
        self.jobs[record.jobid] = does, did
        if not record.output and record.rule_name not in self.known.words:  # a target
            self.gathering.add(record.jobid)
            return ""
        if self.known.dry_run():
            reason = self.known.why(record.jobid) or shorten(record.reason)
            return f"{does}\n    because: {reason}"
        return self._line(does)

    def _job_finished(self, record: Event) -> str:
        """Nothing: the line of progress that follows says it."""
        self.ended.append(record.job_id)
        return ""

    def _progress(self, record: Event) -> str:
        self.gathered += len(self.gathering.intersection(self.ended))
        done = record.done - self.gathered
        total = record.total - max(self.known.gathering(), self.gathered)
        names = [
            self.jobs.get(job, ("", "Done"))[1] for job in self.ended if job not in self.gathering
        ]
        self.ended.clear()
        if not names or self.known.touch():
            return ""
        line = f"{', '.join(names)} ({done:,} of {total:,} jobs)"
        return self._line(" · ".join(filter(None, [line, self.known.so_far()])))

    def _job_error(self, record: Event) -> str:
        return self._failed(record.jobid, record.rule_name, record.log)

    def _group_error(self, record: Event) -> str:
        return "\n".join(
            self._failed(job["jobid"], job["rule_name"], job["log"])
            for job in record.job_error_info
        )

    def _failed(self, number: int, rule: str, logs: list[str]) -> str:
        if self.known.stopped():
            return ""
        lines = [self._line(f"Failed: {self.jobs.get(number, (rule,))[0]}")]
        for path in logs:
            lines += [f"    The last lines of {path}:", *(f"      {line}" for line in tail(path))]
        return "\n".join(lines)

    def _error(self, record: logging.LogRecord) -> str:
        """Nothing if the user ended the jobs: then none of them failed."""
        return "" if self.known.stopped() else self._message(record)

    def _message(self, record: logging.LogRecord) -> str:
        text = self.whole.format(record)
        if isinstance(text, str) and text.startswith("Updating checkpoint dependencies"):
            self.growing = not self.known.dry_run()
            return ""
        if not isinstance(text, str) or text.startswith(CHATTER) or UNRECORDED.match(text):
            return ""
        if text.startswith("Nothing to be done"):
            return "\n".join(filter(None, [text, self.known.changes(), self.known.finished()]))
        if text.startswith("This was a dry-run"):
            return "\n".join(filter(None, [text, self.known.more()]))
        if text.startswith("RuleException:\nCalledProcessError"):
            killed = re.search(r"died with <Signals\.(\w+)", text)
            why = f"The job below was ended by {killed[1]}" if killed else ""
            memory = "; SIGKILL often means too little memory" if "SIGKILL" in why else ""
            return f"{why}{memory}." if why else ""
        return text
