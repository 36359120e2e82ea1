"""Verdicts without training: pages made of published runs."""

import shutil
from dataclasses import replace

import pytest
from evidence import store
from evidence.judged import judged_study, published_study, study_config
from evidence.publish import BEGIN, END, publish
from helpers.made_up import drawn, made_up_study, write_study
from helpers.places import ROOT
from normstudy.errors import StudyError

MEANS = {"gn": 99.45, "ln": 99.48, "bn_l1": 99.47, "bn": 99.48}  # test accuracy, percent


@pytest.fixture(scope="module")
def evidence(tmp_path_factory):
    """Twelve runs of each variant of the exploratory study, with accuracies drawn at random."""
    variants = study_config(ROOT, "exploratory")["variants"]
    accuracies, variants = drawn(12, 0.06, **MEANS), {name: variants[name] for name in MEANS}
    folder = tmp_path_factory.mktemp("exploratory")
    write_study(made_up_study(accuracies, images=1000, variants=variants, folder=folder))
    return store.collect(folder)


def test_another_margin_gives_other_verdicts_without_training(evidence):
    config = study_config(ROOT, "exploratory")
    config["verdicts"]["looks"] = None
    wide = config | {"verdicts": config["verdicts"] | {"margin": 1.0}}
    narrow, broad = (judged_study(evidence, c).claims["verdict"] for c in (config, wide))
    assert list(narrow) != list(broad)
    assert set(broad) <= {"no difference that matters", "holds, but too small to matter"}


def test_runs_of_another_recipe_are_refused(evidence):
    config = study_config(ROOT, "exploratory")
    config["training"]["max_lr"] = 0.1
    with pytest.raises(StudyError, match="published runs of gn had another recipe"):
        judged_study(evidence, config)


@pytest.fixture
def project(tmp_path, evidence):
    """What of the project is needed to publish, with made-up evidence."""
    for part in ("config.yaml", "workflow/studies", "workflow/schemas", "workflow/resources"):
        target = tmp_path / part
        target.parent.mkdir(exist_ok=True)
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, target)
    store.write(evidence, tmp_path / "docs" / "evidence" / "exploratory")
    begin = BEGIN.format(name="exploratory")
    (tmp_path / "docs" / "claims.md").write_text(f"Before.\n\n{begin}\nstale\n{END}\n\nAfter.\n")
    (tmp_path / "README.md").write_text("Nothing made.\n")
    return tmp_path


def test_a_page_without_a_place_for_it_is_left_alone(project):
    (project / "docs" / "claims.md").write_text("Mine.\n")
    with pytest.raises(StudyError, match="neither README nor a page in docs"):
        publish(project, "exploratory", project)
    assert (project / "docs" / "claims.md").read_text() == "Mine.\n"


def test_looks_are_published_and_a_margin_changed_after_one_is_said(project):
    evidence = store.read(project / "docs" / "evidence" / "exploratory")
    taken = published_study(project, "exploratory", evidence, "2030-01-02T03:04:05Z").looks
    assert [(look.seeds, look.taken[:10]) for look in taken] == [(10, "2030-01-02")]
    folder = project / "docs" / "evidence" / "exploratory"
    store.write(replace(evidence, looks=list(taken)), folder)
    page = project / "docs" / "claims.md"
    publish(project, "exploratory", project)
    assert "was changed" not in page.read_text(encoding="utf-8")
    study = project / "workflow" / "studies" / "exploratory.yaml"
    study.write_text(study.read_text().replace("verdicts:\n", "verdicts:\n  margin: 0.04\n"))
    publish(project, "exploratory", project)
    text = page.read_text(encoding="utf-8")
    assert "10 seeds on 2030-01-02, the study was changed: the margin" in text
