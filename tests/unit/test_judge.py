"""Verdicts on anyone's runs: the formats, what is refused, and what must not sway a verdict."""

import os
import re
import sys
import tomllib

import numpy as np
import pandas as pd
import pytest
import yaml
from helpers.page import tidy
from helpers.places import ROOT
from helpers.project import python
from hypothesis import event, given, settings
from hypothesis import strategies as st
from normstudy.errors import StudyError
from normstudy.judge import __main__ as command
from normstudy.judge.judged import judge_runs
from normstudy.judge.plan import planned
from normstudy.statistics.seeds_needed import fewest_seeds
from scipy import stats

DATA = ROOT / "tests" / "data" / "judge"
METRIC = {"margin": 0.3, "better": "higher"}
CLAIM = {"metric": "accuracy", "variant": "b"}
CLAIMS = {"metrics": {"accuracy": METRIC}, "claims": [CLAIM]}


def table(values=(), **more):
    """A row per run: b is better than a by 1 and c is like a, unless values are given."""
    noise = np.random.default_rng(1).normal(0, 0.1, (3, 12)).round(3)
    means = np.array([[90], [91], [90]])
    values = values or dict(zip("abc", noise + means, strict=True))
    rows = [
        {"variant": name, "seed": seed, "accuracy": value} | more
        for name, own in values.items()
        for seed, value in enumerate(own, 1)
    ]
    return pd.DataFrame(rows)


@pytest.fixture
def judged(tmp_path):
    """A function: runs, as a table, text or path, judged by CLAIMS with changes or by a text."""

    def make(runs=None, claims_file=None, **changes):
        path = runs if hasattr(runs, "is_dir") else tmp_path / "runs.csv"
        if isinstance(runs, str):
            path.write_bytes(runs.encode())
        elif not hasattr(runs, "is_dir"):
            (table() if runs is None else runs).to_csv(path, index=False)
        if claims_file is None:
            claims_file = yaml.safe_dump(CLAIMS | changes)
        (tmp_path / "claims.yaml").write_text(claims_file, encoding="utf-8")
        return judge_runs(path, tmp_path / "claims.yaml")

    return make


def verdicts(found):
    return found.comparisons.set_index("rival")["verdict"].to_dict()


# --- Formats -------------------------------------------------------------------------------


def by_run(runs, folder):
    return runs, {}


def by_run_and_metric(runs, folder):
    long = runs.assign(loss=1).melt(["variant", "seed"], var_name="what", value_name="value")
    return long.sample(frac=1, random_state=1), {"columns": {"metric": "what"}}


def chart(runs, folder):
    """Weights & Biases: a column per run and one each for the lowest and highest of a step."""
    wide = {"Step": [1, 2]}
    for run in runs.itertuples():
        name = f"{run.variant}-seed-{run.seed} - accuracy"
        wide |= {name: [1, run.accuracy], f"{name}__MIN": [0, 0], f"{name}__MAX": [99, 99]}
    return pd.DataFrame(wide), {"take": "last"}


def mlflow(runs, folder):
    names = {"variant": "params.model", "seed": "params.seed", "accuracy": "metrics.accuracy"}
    return runs.rename(columns=names).assign(run_id="f00"), {"columns": {"variant": "model"}}


def lightning(runs, folder):
    """A row for what is logged in a step, and another where the epoch ends."""
    for run in runs.itertuples():
        place = folder / "logs" / run.variant / f"seed_{run.seed}" / "version_0"
        place.mkdir(parents=True)
        rows = [(0, 9, 0.7, ""), (0, 9, "", 50), (1, 19, 0.5, ""), (1, 19, "", run.accuracy)]
        own = pd.DataFrame(rows, columns=["epoch", "step", "train_loss", "accuracy"])
        own.to_csv(place / "metrics.csv", index=False)
    return folder / "logs", {"take": "last"}


@pytest.mark.parametrize("form", [by_run, by_run_and_metric, chart, mlflow, lightning])
def test_all_formats_give_the_verdicts_of_an_independent_computation(form, judged, tmp_path):
    runs, more = form(table(), tmp_path)
    claims = [CLAIM, {"metric": "accuracy", "variant": "a", "against": ["c"]}]
    found = judged(runs, claims=claims, **more)
    assert found.claims["verdict"].tolist() == ["holds", "no difference that matters"]
    wide = table().pivot(index="seed", columns="variant", values="accuracy")
    for row in found.comparisons.itertuples():
        pair = stats.ttest_rel(wide[row.variant], wide[row.rival])
        wider, narrower = (pair.confidence_interval(1 - k * 0.05 / 3) for k in (1, 2))
        assert (row.ci_low, row.ci_high) == pytest.approx((wider.low, wider.high))
        assert (row.equivalence_low, row.equivalence_high) == pytest.approx(tuple(narrower))
        expected = "holds" if wider.low > 0 else "no difference that matters"
        assert row.verdict == expected and (expected == "holds" or max(map(abs, narrower)) < 0.3)


def test_a_spreadsheets_signs_are_read(judged):
    clean = judged()
    rows = [f"{r.variant} ; {r.seed};{r.accuracy:.3f} %\t".replace(".", ",")
            for r in table().itertuples()]  # fmt: skip
    text = "\r\n".join(["\ufeffvariant; seed ;accuracy;", *rows[:5], ";;", "", *rows[5:]])
    pd.testing.assert_frame_equal(judged(text).comparisons, clean.comparisons)


def test_of_several_epochs_what_is_said_is_taken(judged):
    first, second = table(epoch=1), table(epoch=2)
    second["accuracy"] -= 5
    both = pd.concat([second, first])
    with pytest.raises(StudyError, match=r"a second value '.*' of 'a', seed 1; say `take: last`"):
        judged(both)
    assert judged(both, take="last").runs["accuracy"].mean() == pytest.approx(85.4, abs=0.2)
    assert judged(both, take="best").runs["accuracy"].mean() == pytest.approx(90.4, abs=0.2)
    loss = {"accuracy": METRIC | {"better": "lower"}}
    assert judged(both, take="best", metrics=loss).runs["accuracy"].max() < 87
    with pytest.raises(StudyError, match="in the same epoch or step"):
        judged(pd.concat([both, first[:1]]), take="last")
    with pytest.raises(StudyError, match="line 38, column accuracy: a second value"):
        judged(pd.concat([table(), table()[:1]]), take="last")


# --- What is refused -----------------------------------------------------------------------

HEAD = "variant,seed,accuracy\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (HEAD, "there are no rows"),
        ("variant,accuracy\na,1\n", r"no column 'seed' \(variant, accuracy\); name yours in `col"),
        ("run,accuracy\nb.1,2\n", r"line 2, column run: 'b.1' is not like gn-seed-1; say in `run`"),
        (HEAD + "a,1,90\nb,1,high\n", r"runs\.csv, line 3, column accuracy: 'high' is not a numb"),
        (HEAD + "a,1,inf\n", "'inf' is not a number, or none up to"),
        (HEAD + "a,1,\nb,1,\n", "no run has a value of 'accuracy'"),
        (HEAD + "a,1,90 %\nb,1,0.9\n", "line 3, column accuracy: '0.9' has no % where other"),
        (HEAD + ",1,90\n", "line 2, column variant: nothing stands here"),
        (HEAD + "a,1,90,7\n", "line 2: there are 4 cells in a row of 3 columns"),
        ("variant,seed,accuracy,accuracy\na,1,2,3\n", "two columns 'accuracy'"),
        (HEAD + "a\x01,1,90\n", "characters that cannot be printed"),
        (HEAD + "a,1,90\na,2,90\nb,1,91\n", "'b' has no run with seed 2"),
        (HEAD + "a,1,90\nc,1,91\n", "claims.yaml, line 3: claims.0.variant: there are no runs of"),
        (HEAD + "b,1,90\n", "there is no rival"),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_judged_is_one_sentence(text, words, judged):
    with pytest.raises(StudyError, match=words) as error:
        judged(text)
    assert "\n" not in str(error.value)


def test_files_that_cannot_be_read_are_named(judged, tmp_path):
    (tmp_path / "latin.csv").write_bytes(HEAD.encode() + b"Gr\xf6n,1,2\n")
    for path, words in [
        (tmp_path / "none.csv", "none.csv cannot be read: No such file"),
        (tmp_path / "latin.csv", "latin.csv, line 2: this is not UTF-8"),
        (tmp_path, "a folder needs files called metrics.csv"),
    ]:
        with pytest.raises(StudyError, match=words):
            judged(path)
    with pytest.raises(StudyError, match=r"none\.yaml: there is no such file"):
        judge_runs(tmp_path / "latin.csv", tmp_path / "none.yaml")
    for text in ("[]", "metrics: [", "a: 1\na: 2"):
        with pytest.raises(StudyError, match=r"claims\.yaml"):
            judged(None, text)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"confidence": 95}, "confidence: 95 is not a number above 0 to below 1"),
        ({"metrics": {"accuracy": {"margin": 1}}}, "'better' is missing"),
        ({"metrics": {"f1": METRIC}}, "claims.0.metric: there is no metric 'accuracy'"),
        ({"claims": [CLAIM | {"rivals": ["a"]}]}, "unknown key 'rivals'"),
        ({"claims": [CLAIM | {"against": ["b"]}]}, "'b' is set against itself"),
        ({"claims": [CLAIM | {"id": "x"}, CLAIM | {"id": "x"}]}, "'x' is used more than once"),
        ({"claims": [CLAIM | {"says": "\x07"}]}, "cannot be printed"),
        ({"looks": [9, 3]}, "not in ascending order"),
        ({"looks": [3, 9], "shares": [0.5, 0.6]}, "with sum 1"),
        ({"labels": {"z": "Z"}}, "there are no runs of 'z'; there are a, b, c"),
        ({"run": "{variant}"}, r"run: .* is not text with {variant} and {seed}"),
        ({"take": "first"}, "take: 'first' is not one of last, best"),
    ],
)
def test_a_claims_file_that_does_not_fit_is_named_with_its_line(change, words, judged):
    with pytest.raises(StudyError, match=words) as error:
        judged(**change)
    assert "\n" not in str(error.value)


# --- What must not sway a verdict ----------------------------------------------------------


def test_large_and_small_differences_are_neither_cut_nor_lost(judged):
    few = {name: own[:4] for name, own in (("a", [0, 2, 1, 5]), ("b", [903, 911, 906, 902]))}
    large = judged(table({name: [100 * value for value in own] for name, own in few.items()}))
    page = large.page("runs")
    assert "+90350.00" in page and "+89554.39 to +91145.61" in page
    few["c"] = [*few["b"][:3], 3e17]  # a run that diverged hides no difference between others
    assert verdicts(judged(table(few)))["a"] == "holds"
    del few["c"]
    tiny = {name: [1e-9 * value for value in own] for name, own in few.items()}
    found = judged(table(tiny), metrics={"accuracy": METRIC | {"margin": 1e-8}})
    assert verdicts(found) == {"a": "holds"}
    assert found.comparisons["mean_difference"].item() == pytest.approx(903.5e-9)


def test_a_variant_that_no_claim_is_about_has_no_say(judged):
    claims = [CLAIM | {"against": ["a"]}]
    alone = judged(claims=claims)
    more = table(dict(zip("abz", [*table().pivot_table(
        index="variant", columns="seed", values="accuracy").loc[["a", "b"]].to_numpy(),
        np.arange(40) / 1000 + 90], strict=True)))  # fmt: skip
    beside = judged(more, claims=claims)
    pd.testing.assert_frame_equal(alone.comparisons, beside.comparisons)
    assert any("Left out" in line and "z" in line for line in beside.read)


def test_seeds_as_text_are_taken_in_the_order_of_their_numbers(judged):
    values = {"a": [0.0] * 12, "b": [1, 1.1] * 6}
    numbers, looks = table(values), [2, 12]
    for name in ("{}", "seed-{}", "{}.0"):
        text = numbers.assign(seed=numbers["seed"].map(name.format))
        found = judged(text.sort_values("seed"), looks=looks)
        pd.testing.assert_frame_equal(found.comparisons, judged(numbers, looks=looks).comparisons)
        assert found.differences["seed"].tolist() == list(range(1, 13))
    hashes = numbers.assign(seed=numbers["seed"].map("{:x}f".format))
    assert verdicts(judged(hashes)) == {"a": "holds"}
    with pytest.raises(StudyError, match="is no whole number: looks take seeds in order"):
        judged(hashes, looks=looks)


def test_a_metric_that_is_the_same_in_all_runs_of_a_model_is_decided(judged):
    runs = table({"a": [52.0] * 3, "b": [88.0] * 3})
    assert verdicts(judged(runs)) == {"a": "holds"}
    stated = {"accuracy": METRIC | {"resolution": 50}}
    assert verdicts(judged(runs, metrics=stated)) == {"a": "undecided"}
    equal = table({"a": [90.0] * 2, "b": [90.0] * 2})  # two runs do not show that none differ
    assert verdicts(judged(equal)) == {"a": "undecided"}


def test_fractions_are_no_percentages(judged):
    runs = table({"a": [0.991, 0.992], "b": [0.995, 0.996]})
    assert verdicts(judged(runs))
    percent = METRIC | {"unit": "%"}
    with pytest.raises(StudyError, match=r"line 2, column accuracy: .*0\.991.* the unit is %"):
        judged(runs, metrics={"accuracy": percent})
    assert verdicts(judged(runs, metrics={"accuracy": percent | {"better": "lower"}}))


def test_no_meaning_is_read_into_a_name(judged):
    """Of a metric that is called gap, lower is lower, and nearer to 0 only where the file says."""
    runs = table({"a": [-5.0, -5.1, -4.9], "b": [1.0, 1.1, 0.9]}).rename(
        columns={"accuracy": "gap"}
    )
    lower = METRIC | {"better": "lower", "unit": "m", "decimals": 1}
    claims = [{"metric": "gap", "variant": "a"}]
    found = judged(runs, metrics={"gap": lower}, claims=claims)
    assert verdicts(found) == {"b": "holds"} and "gap, m" in found.page("runs")
    near = judged(runs, metrics={"gap": lower | {"near_zero": True}}, claims=claims)
    assert verdicts(near) == {"b": "contradicted"}


def test_without_verdicts_the_page_says_why(judged):
    few = {"a": [90.0], "b": [91.0]}
    assert "One run of each cannot rank them" in judged(table(few)).page("runs")
    early = judged(table({"a": [90.0, 90.1], "b": [91.0, 91.1]}), looks=[3, 9])
    assert "No verdicts before 3 seeds" in early.page("runs")


# --- The plan, the command and the page ----------------------------------------------------


def test_the_plan_needs_only_a_spread(tmp_path):
    metric = {"accuracy": METRIC | {"spread": 0.2}}
    content = CLAIMS | {"metrics": metric, "labels": {"a": "A", "c": "C"}, "looks": [4, 9]}
    (tmp_path / "claims.yaml").write_text(yaml.safe_dump(content))
    first, line = planned(tmp_path / "claims.yaml")
    assert first.startswith("Comparisons: 2, each with an allowed error of 1.9 % at the last")
    shown, none = (fewest_seeds(0.2 * 2**0.5, 0.05 * 0.75 / 2, 0.3, way) for way in (True, False))
    assert f": {shown} seeds would show a difference of 0.3 units, {none} that none" in line
    table().to_csv(tmp_path / "runs.csv", index=False)
    _, earlier = planned(tmp_path / "claims.yaml", tmp_path / "runs.csv")
    (low, high) = map(int, re.search(r": (\d+) to (\d+) seeds", earlier).groups())
    assert 2 < low < high < shown
    (tmp_path / "claims.yaml").write_text(yaml.safe_dump(CLAIMS | {"labels": {"a": "A"}}))
    with pytest.raises(StudyError, match="state the standard deviation over seeds, spread"):
        list(planned(tmp_path / "claims.yaml"))


def main(monkeypatch, *words):
    monkeypatch.setattr(sys, "argv", ["normstudy-judge", *map(str, words)])
    command.main()


EXAMPLES = re.findall(r"```console\n\$ normstudy-judge (.*?)\n(.*?)```",
                      (ROOT / "docs" / "judge.md").read_text(encoding="utf-8"), re.S)  # fmt: skip


@pytest.mark.parametrize(("words", "said"), EXAMPLES, ids=[words for words, _ in EXAMPLES])
def test_the_examples_of_the_document(words, said, monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    main(monkeypatch, *words.split())
    assert capsys.readouterr().out == said
    if "--plan" not in words:
        page = (tmp_path / "verdicts.html").read_text(encoding="utf-8")
        for line in said.splitlines()[:-1]:
            says, verdict = line.split(": ")
            assert f"{says}: <strong>{verdict}</strong>" in page
        assert page.count("<figure") >= 2 and "What was read" in page
        assert tidy(tmp_path / "verdicts.html") == ""
        written = pd.read_csv(tmp_path / "verdicts.csv")
        assert {"claim", "ci_low", "verdict", "claim_verdict"} <= set(written)


def test_mistakes_end_with_one_sentence_and_inputs_stay(monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    table().to_csv("runs.csv", index=False)
    (tmp_path / "claims.yaml").write_text(yaml.safe_dump(CLAIMS))
    for words in (["none.csv", "claims.yaml"], ["runs.csv", "claims.yaml", "-o", "runs.html"]):
        with pytest.raises(SystemExit, match=r"^Error: [^\n]*$"):
            main(monkeypatch, *words)
    with pytest.raises(SystemExit):
        main(monkeypatch, "claims.yaml")
    assert "name the runs" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["claims.yaml", "runs.csv"]


ALONE = """
import sys
class Refuse:
    def find_spec(self, name, *more):
        assert name.partition(".")[0] not in {refused}, name
sys.meta_path.insert(0, Refuse())
sys.argv[1:] = ["runs.csv", "claims.yaml"]
from normstudy.judge.__main__ import main
main()
"""


def test_it_needs_only_what_its_package_asks_for(tmp_path):
    """Every other requirement of the project is refused; so are torch and snakemake."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    named = settings["project"]["dependencies"]
    (template,) = settings["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert (ROOT / template / "judge.html.j2").exists()
    lines = (ROOT / "requirements.in").read_text().split()
    imported = {"pillow": "PIL", "pyyaml": "yaml", "python-dateutil": "dateutil"}
    needed = {re.match(r"[\w-]+", line)[0].lower() for line in named} | {"python-dateutil"}
    pinned = {line.partition("==")[0].lower() for line in lines if "==" in line}
    refused = pinned - needed
    assert needed - {"markupsafe"} <= pinned
    assert {"torch", "snakemake"} <= refused and not refused & imported.keys()
    runs = table(dict(zip("ab", np.random.default_rng(1).normal(90, 1, (2, 500)), strict=True)))
    runs.to_csv(tmp_path / "runs.csv", index=False)
    (tmp_path / "claims.yaml").write_text(yaml.safe_dump(CLAIMS))
    said = python("-c", ALONE.format(refused={*refused, "IPython"}), cwd=tmp_path)
    assert "b has the highest accuracy: " in said and (tmp_path / "verdicts.html").exists()


# --- Any table -----------------------------------------------------------------------------

plain = st.one_of(st.floats(85, 95).map("{:.2f}".format), st.integers(-3, 99).map(str))
finite = st.one_of(plain, st.floats(-1e99, 1e99).map(str))
numbers = st.one_of(finite, st.floats().map(str))
odd = st.sampled_from(["", "inf", "NaN", "99,4", "99.4 %", "1e999", "-", " 7 ", '"', "a\nb", "0x1"])
cells = {
    "variant": st.sampled_from(["a", "b", "b ", "c", "_d", "$x$"]),
    "seed": st.integers(1, 4).map(str),
    "run": st.sampled_from(["a-seed-1", "a-seed-2", "b_seed1", "b/seed_2", "c"]),
    "metric": st.sampled_from(["accuracy", "loss"]),
}
NAMES = [*cells, "accuracy", "epoch", "value", "a-seed-1 - accuracy", ""]


@st.composite
def tables(draw):
    """A table of strange columns and cells, or a sound one of which one cell may be strange."""
    strange = draw(st.booleans())
    names = ["variant", "seed", "accuracy"]
    if strange:
        names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=6))
        rows = draw(st.lists(st.tuples(*(
            st.one_of(cells.get(name, numbers), odd, st.text(max_size=3)) for name in names
        )), max_size=9))  # fmt: skip
    else:
        value, count = draw(st.sampled_from([plain, finite])), draw(st.integers(1, 5))
        rows = [
            [name, seed, draw(value)] for name in ("a", "b", "c", "_d") for seed in range(count)
        ]
        if draw(st.integers(0, 3)) == 0:
            rows[draw(st.integers(0, len(rows) - 1))][draw(st.integers(0, 2))] = draw(odd)
    separator = draw(st.sampled_from([",", ";", "\t"]))
    table = pd.DataFrame(rows, columns=range(len(names)))
    text = table.to_csv(sep=separator, index=False, header=names)
    return draw(st.sampled_from(["", "\ufeff", "\n"])) + text


OF_METRIC = st.fixed_dictionaries(
    {"margin": st.sampled_from([1e-9, 0.3, 1e12]), "better": st.just("lower")},
    optional={"near_zero": st.booleans(), "resolution": st.sampled_from([0, 0.01, 9])},
)
CHOICES = st.fixed_dictionaries(
    {"metrics": st.fixed_dictionaries({"accuracy": OF_METRIC})},
    optional={
        "looks": st.sampled_from([[2], [2, 4], [2, 4], [3, 2]]),
        "take": st.sampled_from(["last", "best"]),
        "labels": st.just({"a": "α\u0378"}),
        "columns": st.sampled_from([{}, {}, {"variant": "run"}, {"accuracy": "value"}]),
        "run": st.sampled_from(["{variant}*{seed}", "{variant}/{seed}", "{seed}"]),
    },
)


@settings(max_examples=int(os.environ.get("NORMSTUDY_TABLES", "60")))
@given(tables(), CHOICES, st.sampled_from([["a"], ["c", "_d"], "all"]))
def test_any_table_gives_verdicts_or_one_sentence(tmp_path_factory, text, chosen, against):
    folder = tmp_path_factory.mktemp("any")
    (folder / "runs.csv").write_bytes(text.encode("utf-8", "surrogatepass"))
    claims = chosen | {"claims": [CLAIM | {"against": against}]}
    (folder / "claims.yaml").write_text(yaml.safe_dump(claims), encoding="utf-8")
    try:
        found = judge_runs(folder / "runs.csv", folder / "claims.yaml")
    except StudyError as error:
        event("refused")
        assert "\n" not in str(error)
        return
    event("judged")
    assert len(found.comparisons) and found.comparisons["verdict"].notna().all()
    assert found.page("runs.csv").startswith("<!DOCTYPE html>")
