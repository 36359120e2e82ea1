"""What Snakemake says on the terminal, shortened to what a person wants to know.

Its own form lists every input of every job: dozens of code files, hundreds of runs. Here a job
is a line when it starts and a line when it ends. The file under .snakemake/log has it all.
"""

import logging
import re
import time
from collections.abc import Callable
from pathlib import Path

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
    "Exiting because a job execution failed",
)
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


class ShortLines(logging.Formatter):
    """Snakemake's messages in short; those it does not know are left to `whole`.

    Args:
        whole: Snakemake's own formatter.
        words: rule → what its jobs do, with their wildcards in braces.
        so_far: gives how far the study is, or "".
        dry_run: whether to say why a job would run.
        finished: gives what to say when nothing had to be done.
    """

    def __init__(
        self,
        whole: logging.Formatter,
        words: dict[str, str],
        so_far: Callable[[], str],
        dry_run: Callable[[], bool],
        finished: Callable[[], str],
    ):
        super().__init__()
        self.whole, self.words, self.so_far = whole, words, so_far
        self.dry_run, self.finished = dry_run, finished
        self.jobs: dict[int, str] = {}  # job's number → what it does
        self.forms = {
            None: self._message,
            "resources_info": self._message,
            "run_info": self._message,
            "error": self._message,
            "workflow_started": lambda record: "",
            "job_info": self._job_info,
            "job_started": lambda record: "",  # so many jobs: each has a line of its own
            "job_finished": lambda record: "",  # the progress that follows says it
            "progress": self._progress,
            "job_error": self._job_error,
            "group_error": self._group_error,
        }

    def format(self, record: logging.LogRecord) -> str:
        event = getattr(record, "event", None)
        return self.forms.get(event and str(event), self.whole.format)(record)

    def _line(self, text: str) -> str:
        return f"{time.strftime('%H:%M:%S')}  {text}"

    def _job_info(self, record: logging.LogRecord) -> str:
        wildcards = dict(record.wildcards)
        words = self.words.get(record.rule_name) or " ".join(
            [record.rule_name, *wildcards.values()]
        )
        what = self.jobs[record.jobid] = words.format(**wildcards)
        if not record.output:  # a target: it only gathers
            return ""
        if self.dry_run():
            return f"{what}\n    because: {shorten(record.reason)}"
        return self._line(what)

    def _progress(self, record: logging.LogRecord) -> str:
        parts = [f"{record.done:,} of {record.total:,} jobs done", self.so_far()]
        return self._line(" · ".join(filter(None, parts)))

    def _job_error(self, record: logging.LogRecord) -> str:
        return self._failed(record.jobid, record.rule_name, record.log)

    def _group_error(self, record: logging.LogRecord) -> str:
        return "\n".join(
            self._failed(job["jobid"], job["rule_name"], job["log"])
            for job in record.job_error_info
        )

    def _failed(self, number: int, rule: str, logs: list[str]) -> str:
        lines = [self._line(f"Failed: {self.jobs.get(number, rule)}")]
        for path in logs:
            lines += [f"    The last lines of {path}:", *(f"      {line}" for line in tail(path))]
        return "\n".join(lines)

    def _message(self, record: logging.LogRecord) -> str:
        text = self.whole.format(record)
        if not isinstance(text, str) or text.startswith(CHATTER):
            return ""
        if text.startswith("Nothing to be done"):
            return f"{text}\n{self.finished()}"
        if text.startswith("RuleException:\nCalledProcessError"):
            killed = re.search(r"died with <Signals\.(\w+)", text)
            why = f"The job below was ended by {killed[1]}" if killed else ""
            return f"{why}; SIGKILL often means too little memory." if killed else why
        return text
