"""The plan of published runs: which commit holds it, and whether it is older than they are."""

import os
import subprocess

import pytest
from evidence.plan import committed_plan, plan_sentence
from normstudy.errors import StudyError


@pytest.fixture
def project(tmp_path):
    return Repository(tmp_path)


class Repository:
    """A study's file in a repository of its own."""

    def __init__(self, folder):
        self.folder, self.study = folder, folder / "workflow" / "studies" / "s.yaml"
        self.study.parent.mkdir(parents=True)
        self.git("init", "-q")

    def git(self, *command, date="2030-01-01T00:00:00Z"):
        name = {"NAME": "a", "EMAIL": "a@example.org", "DATE": date}
        who = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER")
               for key, value in name.items()}  # fmt: skip
        done = subprocess.run(
            ["git", "-C", self.folder, *command],
            env=os.environ | who,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def commit(self, text, date):
        self.study.write_text(text)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "s", date=date)
        return self.git("rev-parse", "HEAD")


def test_the_plan_is_the_first_commit_that_reads_as_now(project):
    project.commit("seeds: 10\n", "2030-01-01T00:00:00Z")
    planned = project.commit("seeds: 30\n", "2030-01-02T00:00:00Z")
    project.commit("# why\nseeds:   30\n", "2030-01-03T00:00:00Z")
    plan = committed_plan(project.folder, project.study)
    assert plan["commit"] == planned and plan["date"].startswith("2030-01-02")
    project.commit("seeds: 10\n", "2030-01-04T00:00:00Z")  # back: it was another in between
    assert committed_plan(project.folder, project.study)["date"].startswith("2030-01-04")


def test_other_words_for_the_same_plan_are_the_same_plan(project):
    text = "claims: [{{id: a, says: {}, metric: gap}}]\nvariants: {{gn: {{label: {}}}, ln: null}}\n"
    project.commit(text.format("A", "GN"), "2030-01-01T00:00:00Z")
    project.commit(text.format("B", "Group"), "2030-01-02T00:00:00Z")
    assert committed_plan(project.folder, project.study)["date"].startswith("2030-01-01")
    project.commit(text.replace("gap", "test_loss").format("B", "Group"), "2030-01-03T00:00:00Z")
    assert committed_plan(project.folder, project.study)["date"].startswith("2030-01-03")


def test_a_plan_that_was_never_committed_is_refused(project):
    project.commit("seeds: 10\n", "2030-01-01T00:00:00Z")
    project.study.write_text("seeds: 20\n")
    with pytest.raises(StudyError, match=r"s\.yaml differs from the last commit"):
        committed_plan(project.folder, project.study)


@pytest.mark.parametrize(
    ("date", "changed"),
    [("2030-01-02T10:00:00+02:00", False), ("2030-01-02T10:00:00-02:00", True)],
)
def test_a_plan_younger_than_the_first_run_is_said(date, changed):
    runs = [{"started": f"2030-01-{day}T09:00:00Z"} for day in ("03", "02")]
    text = plan_sentence({"commit": "0123456789abcdef", "date": date}, runs)
    assert "0123456789 of" in text and "first run: 2030-01-02 09:00 UTC" in text
    assert ("changed after the first run" in text) == changed
    assert plan_sentence(None, runs) == ""
