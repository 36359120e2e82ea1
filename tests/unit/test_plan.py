"""The plan of published runs: which commit holds it, and whether it is older than they are."""

import pytest
from evidence.plan import committed_plan, plan_sentence
from helpers.project import git
from normstudy.errors import StudyError


@pytest.fixture
def study(tmp_path):
    """A study's file in a repository of its own."""
    git(tmp_path, "init", "-q")
    path = tmp_path / "workflow" / "studies" / "s.yaml"
    path.parent.mkdir(parents=True)
    return path


@pytest.fixture
def commit(study, monkeypatch):
    """A function that commits a text on a day; returns the commit."""

    def make(text, day):
        study.write_text(text)
        monkeypatch.setenv("GIT_COMMITTER_DATE", f"2030-01-0{day}T00:00:00Z")
        git(study.parent, "add", "-A")
        git(study.parent, "commit", "-q", "--allow-empty", "-m", "s")
        return git(study.parent, "rev-parse", "HEAD").strip()

    return make


def planned(study):
    """The commit of the plan and its day."""
    plan = committed_plan(study.parents[2], study)
    return plan["commit"], int(plan["date"][8:10])


def test_the_plan_is_the_first_commit_that_reads_as_now(study, commit):
    commit("seeds: 10\n", 1)
    plan = commit("seeds: 30\n", 2)
    commit("# why\nseeds:   30\n", 3)
    assert planned(study) == (plan, 2)
    back = commit("seeds: 10\n", 4)
    assert planned(study) == (back, 4)  # it was another in between


def test_other_words_for_the_same_plan_are_the_same_plan(study, commit):
    text = "claims: [{{id: a, says: {}, metric: gap}}]\nvariants: {{gn: {{label: {}}}, ln: null}}\n"
    plan = commit(text.format("A", "GN"), 1)
    commit(text.format("B", "Group"), 2)
    assert planned(study) == (plan, 1)
    plan = commit(text.replace("gap", "test_loss").format("B", "Group"), 3)
    assert planned(study) == (plan, 3)


def test_a_plan_that_was_never_committed_is_refused(study, commit):
    commit("seeds: 10\n", 1)
    study.write_text("seeds: 20\n")
    with pytest.raises(StudyError, match=r"s\.yaml differs from the last commit"):
        planned(study)


@pytest.mark.parametrize(
    ("date", "changed"), [("2030-01-02T10:00:00+02:00", False), ("2030-01-02T10:00:00-02:00", True)]
)
def test_a_plan_younger_than_the_first_run_is_said(date, changed):
    runs = [{"started": f"2030-01-{day}T09:00:00Z"} for day in ("03", "02")]
    text = plan_sentence({"commit": "0123456789abcdef", "date": date}, runs)
    assert "0123456789 of" in text and "first run: 2030-01-02 09:00 UTC" in text
    assert ("changed after the first run" in text) == changed
    assert plan_sentence(None, runs) == ""
