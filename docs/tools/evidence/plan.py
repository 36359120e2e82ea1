"""Which commit holds the plan of a study, and whether it is older than the runs."""

import subprocess
from datetime import datetime
from pathlib import Path

import yaml
from normstudy.errors import StudyError


def committed_plan(project: Path, study: Path) -> dict[str, str]:
    """The first commit since which a study's config asks for what it asks for now: commit and date.

    Comments, layout, and the words of claims and labels do not count.

    Args:
        study: the config, in workflow/studies.

    Raises:
        StudyError: what it says now was never committed.
    """

    def git(*command: str) -> str:
        done = subprocess.run(["git", "-C", project, *command], capture_output=True, text=True)
        return done.stdout if done.returncode == 0 else ""

    now, plan = _asked(study.read_text(encoding="utf-8")), {}
    name = study.relative_to(project)
    for line in git("log", "--format=%H %cI", "--", str(name)).splitlines():
        commit, date = line.split()
        if _asked(git("show", f"{commit}:{name}")) != now:
            break
        plan = {"commit": commit, "date": date}
    if not plan:
        raise StudyError(f"{name} differs from the last commit: commit the plan of published runs")
    return plan


def _asked(text: str) -> dict:
    """A study's config without what only says it in words."""
    config = yaml.safe_load(text)
    for claim in config.get("claims", []):
        claim.pop("says", None)
    for variant in filter(None, config.get("variants", {}).values()):
        variant.pop("label", None)
    return config


def plan_sentence(plan: dict[str, str] | None, runs: list[dict]) -> str:
    """When the plan was committed and when the first run started; "" for runs without a plan.

    Args:
        plan: as of `committed_plan`.
        runs: the records of the runs.
    """
    if plan is None:
        return ""
    first = min(datetime.fromisoformat(run["started"]) for run in runs)
    planned = datetime.fromisoformat(plan["date"]).astimezone(first.tzinfo)
    dates = f"{planned:%Y-%m-%d %H:%M}", f"{first:%Y-%m-%d %H:%M} UTC"
    text = f"Plan: commit {plan['commit'][:10]} of {dates[0]}; first run: {dates[1]}."
    if planned < first:
        return text
    return (
        f"{text} **The plan was changed after the first run had started: the confidence is that of"
        " verdicts whose plan is older than the runs.**"
    )
