"""Bad configs: each is refused in one line with its file, line, key, value and what is allowed.

Each is laid over config.yaml, as `--configfile` does.
"""

import copy
import functools
import json

import pytest
import yaml
from helpers.places import ROOT
from hypothesis import given
from hypothesis import strategies as st
from normstudy.config.check import check
from normstudy.config.lines import command_line, read_config_file, setting
from normstudy.config.study import folder
from normstudy.errors import StudyError
from snakemake.utils import update_config

CLAIM = "claims: [{id: a, says: A, metric: test_accuracy, variant: gn, %s}]"
OTHER = "variants:\n  more: {label: More, norm: %s}"
OWN = "dataset: {name: x, source: y, classes: %s}"
NAME = "cannot name a variant; use a lower-case letter, then lower-case letters, digits and _"

# (the overlay, line, key path, the rest of the message or how it starts)
BAD = [
    # --- keys
    ("sedes: 3", 1, "sedes", "unknown key 'sedes'; did you mean 'seeds'?"),
    ("epochs: 3", 1, "epochs", "unknown key 'epochs'; it is a key of training: write `training: {"),
    ("training.max_lr: 0.1", 1, "training.max_lr", "unknown key 'training.max_lr'; it is a key of"),
    ("training: {zzz: 3}", 1, "training.zzz", "unknown key 'zzz'; known keys: epochs, batch_size,"),
    ("variants: {gn: {nrom: batch}}", 1, "variants.gn.nrom",
     "unknown key 'nrom'; did you mean 'norm'?"),
    ("variants:\n  bn:\n    norm: batch", 2, "variants.bn", "the key 'label' is missing"),
    # --- kinds of values
    ("training:", 1, "training", "null is not a map of keys"),
    ("claims: {id: a}", 1, "claims", "{'id': 'a'} is not a list"),
    ("claims: [gn]", 1, "claims.0", "'gn' is not a map of keys"),
    ("dataset: {folder: 'da{t}a'}", 1, "dataset.folder", "'da{t}a' is not a folder's name without"),
    # --- until decided
    ("seeds: until decided", 1, "seeds", "`until decided` needs verdicts.looks, the numbers of"),
    ("seeds: until decide", 1, "seeds", "'until decide' is not a whole number from 1 to 10000 or"),
    ("seeds: until decided\nverdicts: {looks: [10]}", 2, "verdicts.looks",
     "[10]: with one look nothing can be decided before it; give a later one too, or `seeds: 10`"),
    ("seeds: until decided\nverdicts: {looks: [1, 10]}", 2, "verdicts.looks.0",
     "1 is not a whole number from 2"),
    ("seeds: until decided\nverdicts: {looks: [5, 10]}\nclaims: []", 1, "seeds",
     "`until decided` needs claims, and there are none"),
    # --- training
    ("training: {epochs: 1.5}", 1, "training.epochs", "1.5 is not a whole number from 1 to 10000"),
    ("training: {epochs: true}", 1, "training.epochs", "true is not a whole number from 1 to 1"),
    ("training: {batch_size: 60001}", 1, "training.batch_size",
     "60001 is not a whole number from 1 to 60000"),
    ("training: {max_lr: .nan}", 1, "training.max_lr", "nan is not a number above 0 to 10"),
    ("training: {max_lr: 1e-2}", 1, "training.max_lr", "'1e-2' is read as text; write it as a num"),
    ("training: {dropout: 1}", 1, "training.dropout", "1 is not a number from 0 to below 1"),
    ("training: {precision: fp16}", 1, "training.precision",
     "'fp16' is not one of fp32, bf16; did you mean 'bf16'?"),
    ("variants: {ln: {base_momentum: 0.99}}", 1, "variants.ln.base_momentum",
     "base_momentum 0.99 is larger than max_momentum 0.95"),
    # --- dataset
    ("dataset: {name: MNITS}", 1, "dataset.name", "'MNITS' is not known ("),
    ("dataset: {name: a/b}", 1, "dataset.name", "'a/b' is not a name of letters, digits, - and _"),
    ("dataset: {train_images: 0}", 1, "dataset.train_images", "0 is not a whole number from 1 or"),
    ("dataset: {train_images: 70000}", 1, "dataset.train_images", "70000 is more than the 60,000"),
    ("dataset: {train_images: 32}\ntraining: {batch_size: 64}", 2, "training.batch_size",
     "batch_size 64 is larger than dataset.train_images 32"),
    ("dataset: {classes: [a]}", 1, "dataset.classes", "['a'] is not a list of 2 to 256, each a wh"),
    ("dataset: {classes: [0, 1.5]}", 1, "dataset.classes.1", "1.5 is not a whole number or text"),
    ("dataset: {classes: [a, b]}", 1, "dataset.classes", "MNIST has its own; leave this out"),
    ("dataset: {name: x, source: y, std: 0.2}", 1, "dataset.std", "give mean too, or neither"),
    (OWN % "[1, '1']", 1, "dataset.classes.1", "'1' is listed more than once"),
    (OWN % "[a, 犬]", 1, "dataset.classes.1", "'犬': the figures' font has no 犬; use another"),
    (OWN % "[a, no]", 1, "dataset.classes.1", "no is read as false; put it in quotes if it is"),
    # --- variants
    ("variants: {gn: {label: 🎉}}", 1, "variants.gn.label", "'🎉': the figures' font has no 🎉"),
    (OTHER % "gruop", 2, "variants.more.norm",
     "'gruop' is not one of batch, layer, group, instance, channel_layer, rms, none; did you"
     " mean 'group'?"),
    (OTHER % "group, num_groups: 3", 2, "variants.more.num_groups",
     "num_groups 3 does not divide a layer of 8 channels; those that do: 1, 2, 4"),
    (OTHER % "group, channels_per_group: 8", 2, "variants.more.channels_per_group",
     "channels_per_group 8 does not divide a layer of 12 channels; those that do: 1, 2, 4"),
    (OTHER % "group, channels_per_group: 4, num_groups: 2", 2, "variants.more.channels_per_group",
     "give num_groups or channels_per_group, not both"),
    (OTHER % "batch, num_groups: 2", 2, "variants.more.num_groups",
     "num_groups goes with norm: group, not batch"),
    ("variants: {gn: {label: ' '}}", 1, "variants.gn.label", "' ' is not text of 1 to 80 char"),
    ("variants: {ln: {label: Group Normalization}}", 1, "variants.ln.label",
     "'Group Normalization' is also what gn is called; the report needs two names"),
    ("variants: {GN: {label: x, norm: batch}}", 1, "variants.GN", f"'GN' {NAME}"),
    ('variants: {"gn\\n": {label: x, norm: batch}}', 1, "variants.'gn\\n'", f"'gn\\n' {NAME}"),
    ("variants: {train: {label: x, norm: batch}}", 1, "variants.train",
     "this name is taken by a target of the workflow; choose another"),
    ("variants: {figures: {label: x, norm: batch}}", 1, "variants.figures",
     "this name is reserved: figures is a folder of the results; choose another"),
    ("variants: {gn: null, ln: null, bn_l1: null}", 1, "variants", "name at least one"),
    # --- seeds
    ("seeds: []", 1, "seeds", "[] is not a list of 1 or more, each a whole number from"),
    ("seeds: [1, 2, 1]", 1, "seeds", "1 is listed more than once"),
    ("seeds:\n  - 1\n  - 4294967296", 3, "seeds.1", "4294967296 is not a whole number from 0 to 4"),
    ("seeds: ['1', 2]", 1, "seeds.0", "'1' is read as text; write it as a number, 1"),
    ("seeds: [001, 002, 010]", 1, "seeds.2", "010 is read as 8 (octal), not as 10; write 8 or 10"),
    ("training: {epochs: 1:30}", 1, "training.epochs", "1:30 is read as 90 (base 60); write 90"),
    # --- misclassified, verdicts
    ("verdicts: {looks: [30, 10]}", 1, "verdicts.looks", "[30, 10] is not in ascending order"),
    ("verdicts: {looks: [9, 30], shares: [0.5, 0.4]}", 1, "verdicts.shares", "[0.5, 0.4]: give"),
    ("verdicts: {confidence: 95}", 1, "verdicts.confidence", "95 is not a number from 0.5 to bel"),
    # --- claims
    (CLAIM % "against: none", 1, "claims.0.against", "'none' is not all or a list of 1"),
    (CLAIM % "against: [ln, xn]", 1, "claims.0.against.1",
     "a: there is no variant 'xn'; known: gn, ln, bn_l1"),
    (CLAIM % "against: [gn]", 1, "claims.0.against", "a: 'gn' is set against itself"),
    ("claims: [{id: a, says: A, metric: accuracy, variant: gn}]", 1, "claims.0.metric",
     "'accuracy' is not one of test_accuracy,"),
    ("claims: [{id: a, says: A, variant: gn}]", 1, "claims.0", "the key 'metric' is missing"),
    ("claims: [{id: A b, says: A, metric: gap, variant: gn}]", 1, "claims.0.id",
     "'A b' is not lower-case letters, digits and -"),
    (CLAIM.replace("says: A", "says: 犬 wins") % "against: all", 1, "claims.0.says",
     "'犬 wins': the figures' font has no 犬; use another sentence"),
    ("claims:\n- &a {id: a, says: A, metric: gap, variant: gn}\n- *a", 2, "claims.1.id",
     "'a' is used more than once"),
    # --- places
    ("results: .", 1, "results", "'.' contains the project; choose another folder"),
    ("results: ./tests/x/", 1, "results", "'./tests/x/' is the project's own; name a folder besid"),
    ("results: data", 1, "results", "'data' is the folder of the data; name another"),
    ("results: README.md", 1, "results", "'README.md' is a file; name a folder"),
    ("resume: s3://me:secret@host/x", 1, "resume", "holds a password, which logs would show"),
    ("results: ~nobody_of_this_name/x", 1, "results", "~nobody_of_this_name/x: Could not"),
]  # fmt: skip

# What YAML or Snakemake would pass over, or say without naming the file: (bytes, line, words)
UNREADABLE = [
    (b"training:\n\tepochs: 3\n", 2, "there is a tab; indent with spaces"),
    (b"seeds: [1, 2\ntraining: {}\n", 2, "this is not YAML: expected ',' or ']'"),
    (b"seeds: 1\n training: 2\n", 2, "this is not YAML: mapping values are not allowed"),
    (b"seeds: 1\n---\nseeds: 2\n", 2, "this is not YAML: but found another document"),
    (b"seeds: !!python/object/apply:os.getcwd []\n", 1, "this is not YAML: could not determine a"),
    (b"results: ok\nseeds: 1 # r\xe9sultats\n", 2, "this is not UTF-8 text (byte 0xe9); save the"),
    ("seeds: 1".encode("utf-16"), 1, "this is not UTF-8 text (byte 0xff); save the file as UTF-8"),
    (b"seeds: 1\nresults: a\nseeds: 2\n", 3, "the key seeds is given twice, first in line 1; keep"),
    (b"variants:\n  gn: {}\n  ln: {}\n  gn: {}\n", 4, "the key variants.gn is given twice, first"),
    (b"variants:\n  1: {label: x, norm: none}\n", 2, "the key variants.1 is read as int, not as"),
    (b"variants:\n  no: {label: x, norm: none}\n", 2, "the key variants.no is read as bool, not"),
    (b"variants:\n  ? [a]\n  : {label: x}\n", 2, "the key variants.? is read as seq, not as text"),
    (b"variants: &v\n  gn: *v\n", 1, "variants.gn holds itself"),
    (b"- seeds\n- training\n", None, "must hold keys and values, such as `seeds: [1, 2, 3]`"),
    (b"", None, "must hold keys and values, such as `seeds: [1, 2, 3]`"),
    (b"seeds: 1\x00\n", None, "cannot be read as YAML: unacceptable character #x0000"),
    (b"seeds: 2026-13-45\n", None, "cannot be read as YAML: month must be in 1..12"),
]


@functools.cache
def read(path, content):
    """The keys of a file with their lines, and their values: config.yaml is read once."""
    return read_config_file(path), yaml.safe_load(content.decode())


def merged(files, *words):
    """The files and words of --config, laid over each other and checked as config.smk does."""
    config, stated = {}, []
    for file in files:
        keys, values = read(file, file.read_bytes())
        stated.append(keys)
        update_config(config, copy.deepcopy(values))
    for word in words:
        update_config(config, setting(word))
    return check(config, {"train"}, [*stated, command_line(words)], ROOT)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """config.yaml and an overlay to be written, seen from the project's folder."""
    overlay = tmp_path_factory.mktemp("overlay") / "overlay.yaml"
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        yield [ROOT / "config.yaml", overlay]


@pytest.mark.parametrize(
    ("text", "line", "key", "words"), BAD, ids=[f"{key}: {text!r:.40}" for text, _, key, _ in BAD]
)
def test_a_bad_config_is_refused_with_file_line_key_and_what_is_allowed(
    files, text, line, key, words
):
    files[1].write_text(text, encoding="utf-8")
    with pytest.raises(StudyError) as error:
        merged(files)
    start = f"{files[1]}, line {line}: {key}: {words}"
    assert str(error.value)[: len(start)] == start


@pytest.mark.parametrize(("content", "line", "words"), UNREADABLE, ids=lambda part: f"{part!r:.40}")
def test_a_file_that_cannot_be_read_is_named_with_its_line(files, content, line, words):
    files[1].write_bytes(content)
    with pytest.raises(StudyError) as error:
        read_config_file(files[1])
    where = f"{files[1]}, line {line}: " if line else f"{files[1]} "
    assert str(error.value).startswith(f"{where}{words}")
    assert "\n" not in str(error.value)


def test_a_file_that_is_none_is_named(files):
    with pytest.raises(StudyError, match=r"nowhere.yaml is not there: run Snakemake in the proj"):
        read_config_file("nowhere.yaml")
    with pytest.raises(StudyError, match=r"workflow cannot be read: Is a directory"):
        read_config_file("workflow")


def test_the_file_that_is_named_is_the_one_that_states_the_key(files, tmp_path):
    """What an earlier file states stands in that file's line; a list is the last file's alone."""
    config, overlay = files
    broken = tmp_path / "config.yaml"
    text = config.read_text(encoding="utf-8")
    broken.write_text(text.replace("batch_size: 64", "batch_size: 0"), encoding="utf-8")
    overlay.write_text("training: {epochs: 3}\nseeds: [2]\n", encoding="utf-8")
    line = text[: text.index("batch_size:")].count("\n") + 1
    with pytest.raises(StudyError, match=rf"^{broken}, line {line}: training.batch_size: 0 is not"):
        merged([broken, overlay])
    overlay.write_text("seeds: 1\nclaims: [{id: a, says: A, variant: gn}]\n", encoding="utf-8")
    with pytest.raises(StudyError, match=rf"^{overlay}, line 2: claims.0: the key 'metric' is"):
        merged(files)
    overlay.write_text("variants: {gn: null}\n", encoding="utf-8")  # claimed in config.yaml
    with pytest.raises(StudyError, match=rf"^{config}, line \d+: claims.0.variant: gn-best-test:"):
        merged(files)


def test_everything_that_is_wrong_is_said_at_once_a_line_each(files):
    files[1].write_text("sedes: 3\ntraining: {epochs: 0}\n", encoding="utf-8")
    with pytest.raises(StudyError) as error:
        merged(files, "misclassified={order: random}")
    assert str(error.value).splitlines() == [
        "--config: misclassified.order: 'random' is not one of index, confidence",
        f"{files[1]}, line 1: sedes: unknown key 'sedes'; did you mean 'seeds'?",
        f"{files[1]}, line 2: training.epochs: 0 is not a whole number from 1 to 10000",
    ]


@pytest.mark.parametrize("results", ["~/study", "/scratch/me/a study", "../other", "results/a/"])
def test_results_may_lie_anywhere_else(files, results):
    files[1].write_text(f"results: {results}\n", encoding="utf-8")
    assert folder(merged(files).results).name in ("study", "a study", "other", "a")


@pytest.mark.parametrize(
    ("word", "key"),
    [("seeds=010", "seeds"), ("seeds=[1, 010]", "seeds.1"), ("training={epochs: 010}", None)],
)
def test_a_setting_that_may_be_read_in_two_ways_is_refused(word, key):
    """Snakemake reads 010 as 10, YAML as 8."""
    with pytest.raises(StudyError) as error:
        command_line(["results=out", "training={max_lr: 0.5}", "variants={ln: null}", word])
    words = "010 is read as 8 (octal), not as 10; write 8 or 10"
    assert str(error.value) == f"--config: {key or 'training.epochs'}: {words}"


def test_variants_are_in_the_order_in_which_they_are_stated(files):
    """Snakemake puts those of --config, then of --configfile, before those of config.yaml."""
    files[1].write_text("variants: {b: {label: B, norm: none}, ln: {l1: 0.1}}\n", encoding="utf-8")
    stated = [read_config_file(path) for path in files]
    word = "variants={a: {label: A, norm: none}}"
    config = setting(word)
    for path in (files[1], files[0]):
        update_config(config, yaml.safe_load(path.read_text(encoding="utf-8")))
    study = check(config, files=[*stated, command_line([word])])
    assert list(study.variants) == ["gn", "ln", "bn_l1", "b", "a"]


def test_settings_on_the_command_line_are_typed(files):
    """Snakemake reads `--config 'training={epochs: 3}'` as {"training": {"epochs": "3"}}."""
    words = ["training={epochs: 3, max_lr: 0.5}", "seeds=[1, 2]", "variants={ln: null}"]
    files[1].write_text("{}\n", encoding="utf-8")
    config = merged(files, *words, "claims=[]", "results=out", "training={batch_size: 8}")
    assert config.training.batch_size == 8
    assert (config.training.epochs, config.training.max_lr) == (3, 0.5)
    assert config.all_seeds == [1, 2]
    assert list(config.variants) == ["gn", "bn_l1"]
    assert config.results == "out"


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(st.text(max_size=5), parts),
    max_leaves=4,
)
PIECES = [
    "null", "[]", "{}", "true", "-1", "1e9", ".nan", "~", "'", '"', "&a", "*a", "? ", "- ", "|",
    "\t", ": ", "<<: ", "[1, [2]]", "{a: {b: c}}", "2026-01-01", "0x10", "é", "\x85",
]  # fmt: skip


@given(data=st.data())
def test_config_yaml_with_random_slips_is_taken_or_refused_in_words(files, data):
    """Characters deleted, pieces of YAML and any values put in, lines doubled, values exchanged."""
    text = files[0].read_text(encoding="utf-8")
    for _ in range(data.draw(st.integers(1, 3))):
        lines = text.splitlines(keepends=True)
        row = data.draw(st.integers(0, len(lines) - 1))
        place = data.draw(st.integers(0, len(lines[row])))
        piece = data.draw(st.sampled_from(PIECES) | values.map(json.dumps))
        slips = [
            lines[row][:place] + lines[row][place + 3 :],
            lines[row][:place] + piece + lines[row][place:],
            lines[row] + lines[row],
            f"{lines[row].split(':')[0]}: {piece}\n",
        ]
        lines[row] = data.draw(st.sampled_from(slips))
        text = "".join(lines)
    files[1].write_text(text, encoding="utf-8")
    try:
        config = merged(files[1:])
    except StudyError as error:
        assert str(error)
    else:
        assert all(map(config.run_parameters, config.variants))
