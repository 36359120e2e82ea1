"""`snakemake judge`: anyone's runs, beside a study that is left alone."""

FILES = "judge={runs: tests/data/judge/wandb_chart.csv, claims: tests/data/judge/wandb_chart.yaml}"


def test_runs_of_other_code_are_judged_and_judged_again_when_they_change(project):
    before = project.planned()
    log = project.snakemake("judge", "--config", FILES)
    assert "\nDone. The verdicts: results/verdicts.html\n" in log
    page = (project.folder / "results" / "verdicts.html").read_text(encoding="utf-8")
    assert "Adam ends lower than SGD: <strong>holds</strong>" in page
    assert (project.folder / "results" / "verdicts.csv").read_text().count("holds") == 2
    assert project.planned("judge", "--config", FILES) == {} and project.planned() == before
    claims = project.folder / "tests" / "data" / "judge" / "wandb_chart.yaml"
    claims.write_text(claims.read_text(encoding="utf-8").replace("margin: 0.02", "margin: 0.2"))
    assert project.planned("judge", "--config", FILES) == {"judge": 1}


def test_what_is_missing_is_one_sentence(project):
    log = project.snakemake("judge", succeeds=False)
    assert "Error: name runs and claims, as in --config 'judge=" in log
    assert "Traceback" not in log
    missing = FILES.replace("chart.csv", "graph.csv")
    log = project.snakemake("judge", "--config", missing, succeeds=False)
    assert "Error: judge={runs: …}: there is no tests/data/judge/wandb_graph.csv" in log
    assert "Traceback" not in log
