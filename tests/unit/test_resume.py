"""Resuming an interrupted run, from a folder and from stores that may fail."""

import asyncio
from typing import ClassVar

import fsspec
import numpy as np
import pytest
import torch
from fsspec.asyn import AsyncFileSystem
from fsspec.implementations.memory import MemoryFileSystem
from normstudy.errors import StudyError
from normstudy.network.resume import TRIES, ResumeState, fingerprint
from normstudy.network.training import train
from normstudy.records import store as store_module
from normstudy.records.store import Folder, Remote, store_at


class UnreliableSystem(MemoryFileSystem):
    """A file system whose requests fail while `refusals` says so; it cannot rename whole files."""

    protocol = "unreliable"
    refusals = 0
    requests = 0

    def _request(self):
        type(self).requests += 1
        if self.refusals:
            type(self).refusals -= 1
            raise ConnectionResetError("no answer")

    def cat_file(self, path, **options):
        self._request()
        return super().cat_file(path, **options)

    def pipe_file(self, path, value, **options):
        self._request()
        super().pipe_file(path, value, **options)


@pytest.fixture(autouse=True)
def empty_memory():
    """No test finds in memory:// what another one left there."""
    MemoryFileSystem.store.clear()


@pytest.fixture
def unreliable():
    """The file system, reliable until its `refusals` are set."""
    fsspec.register_implementation("unreliable", UnreliableSystem, clobber=True)
    UnreliableSystem.refusals = UnreliableSystem.requests = 0
    return UnreliableSystem


def resume_state(store, run="a run", **options):
    """A state that may be lost, of a run that neither prints nor sleeps: both are noted."""
    said, slept = [], []
    state = ResumeState(
        store, "gn.pt", run, said.append, sleep=slept.append, **{"required": False} | options
    )
    state.said, state.slept = said, slept
    return state


class BrokenOffError(Exception):
    """Stands for whatever ends a run."""


def break_off_after(epoch):
    def on_epoch(row, seconds):
        if row["epoch"] == epoch:
            raise BrokenOffError

    return on_epoch


def assert_same_run(run, other):
    (weights, metrics), (other_weights, other_metrics) = run, other
    assert metrics.equals(other_metrics)
    assert weights.keys() == other_weights.keys()
    assert all(np.array_equal(weights[name], other_weights[name]) for name in weights)


@pytest.mark.parametrize(
    ("place", "engine", "variant", "after"),
    [
        ("{folder}", "pytorch", "bn_l1", 2),
        ("{folder}", "kernels", "gn", 1),
        ("memory://states", "kernels", "bn_l1", 3),
        ("file://{folder}", "kernels", "gn", 2),
    ],
)
def test_a_run_that_resumes_equals_an_undisturbed_one(
    recipe, few, tmp_path, variant, after, place, engine
):
    store = store_at(place.format(folder=tmp_path / "states"))
    assert isinstance(store, Remote if "://" in place else Folder)
    recipe = recipe(variant, engine=engine)
    undisturbed = train(recipe, 3, *few)
    resume = resume_state(store, fingerprint(recipe, 3, {}, {}))
    with pytest.raises(BrokenOffError):
        train(recipe, 3, *few, break_off_after(after), resume)
    torch.manual_seed(99)  # nothing may depend on the global stream
    went_on = []
    assert_same_run(train(recipe, 3, *few, resume=resume, on_resume=went_on.append), undisturbed)
    assert went_on == [after] and not resume.said
    store.remove(["gn.pt", "other.pt"])
    assert store.read("gn.pt") is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "cannot be read"),
        (b"half a file", "cannot be read"),
        (None, "belongs to other parameters, code or data"),
    ],
)
@pytest.mark.parametrize("place", ["{folder}", "memory://states"])
def test_a_state_that_does_not_fit_is_left_alone(recipe, tmp_path, place, content, words):
    store = store_at(place.format(folder=tmp_path))
    if content is None:
        resume_state(store, fingerprint(recipe("gn"), 1, {}, {})).save({"rows": []})
    else:
        store.write("gn.pt", content)
    resume = resume_state(store, fingerprint(recipe("gn", max_lr=0.02), 1, {}, {}))
    assert resume.load() is None
    assert len(resume.said) == 1 and words in resume.said[0]
    assert resume.said[0].endswith("starting over")
    assert resume.said[0].startswith(f"{store.place}/gn.pt ")


def test_the_fingerprint_is_of_recipe_seed_data_and_code(recipe):
    given = (recipe("gn"), 1, "data", "code")
    others = [(recipe("gn", epochs=4), *given[1:]), (given[0], 2, *given[2:])]
    others += [(*given[:2], "other data", "code"), (*given[:3], "other code")]
    assert len({fingerprint(*run) for run in [given, *others]}) == 5
    assert fingerprint(*given) == fingerprint(*given)


# --- A store that fails --------------------------------------------------------------------


def test_a_store_that_refuses_twice_and_then_works_loses_nothing(recipe, few, unreliable):
    recipe = recipe("gn")
    undisturbed = train(recipe, 3, *few)
    resume = resume_state(store_at("unreliable://states"), fingerprint(recipe, 3, {}, {}))
    unreliable.refusals = 2  # of the first look for a state
    with pytest.raises(BrokenOffError):
        train(recipe, 3, *few, break_off_after(1), resume)
    unreliable.refusals = 2
    went_on = []
    assert_same_run(train(recipe, 3, *few, resume=resume, on_resume=went_on.append), undisturbed)
    assert went_on == [1] and not resume.said
    assert len(resume.slept) == 4 and all(0.4 < wait < 3 for wait in resume.slept)


def test_a_store_that_never_works_is_one_warning_and_a_finished_run(recipe, few, unreliable):
    recipe = recipe("gn")
    resume = resume_state(store_at("unreliable://states"))
    unreliable.refusals = 1000
    assert_same_run(train(recipe, 3, *few, resume=resume), train(recipe, 3, *few))
    (warning,) = resume.said
    assert warning.startswith("Warning: ") and "unreliable://states" in warning
    assert "ConnectionResetError: no answer" in warning
    assert unreliable.requests == TRIES + 3  # the first look; then once an epoch
    for wait, about in zip(resume.slept, (0.5, 1, 2, 4), strict=True):  # of the first look
        assert about <= wait <= about + 0.5


def test_a_store_that_works_again_keeps_the_state_again(unreliable):
    resume = resume_state(store_at("unreliable://states"))
    unreliable.refusals = TRIES
    resume.save({"rows": [1]})
    resume.save({"rows": [1, 2]})
    assert resume.load() == {"rows": [1, 2]}
    unreliable.refusals = 2
    resume.save({"rows": [1, 2, 3]})  # patient again, too
    assert resume.load() == {"rows": [1, 2, 3]}
    assert len(resume.said) == 1


def test_a_write_that_breaks_off_leaves_the_state_before(unreliable, monkeypatch):
    """Where a file is not replaced in one request, it is written beside and moved."""
    resume = resume_state(store_at("unreliable://states"))
    resume.save({"rows": [1]})
    whole = MemoryFileSystem.pipe_file

    def half(self, path, value, **options):
        whole(self, path, value[: len(value) // 2])
        raise ConnectionResetError

    monkeypatch.setattr(MemoryFileSystem, "pipe_file", half)
    resume.save({"rows": [1, 2]})
    monkeypatch.undo()
    assert resume_state(resume.store).load() == {"rows": [1]}


def test_a_folder_that_cannot_be_written_to_is_a_warning_unless_it_is_of_the_results(tmp_path):
    (tmp_path / "file").touch()
    store = store_at(str(tmp_path / "file" / "states"))
    with pytest.raises(OSError):
        ResumeState(store, "gn.pt", "a run").save({"rows": []})
    resume = resume_state(store)
    resume.save({"rows": []})
    assert len(resume.said) == 1


@pytest.mark.parametrize("place", ["{folder}", "memory://states"])
def test_only_what_is_named_is_removed(tmp_path, place):
    store = store_at(place.format(folder=tmp_path / "states"))
    store.remove(["a"])  # there is nothing yet
    store.write("a", b"1")
    store.write("b", b"2")
    store.remove(["a", "c"])
    assert (store.read("a"), store.read("b")) == (None, b"2")
    store.remove(["b"])
    assert not (tmp_path / "states").exists()


class SlowSystem(AsyncFileSystem):
    """Files in memory behind an asynchronous driver, as object stores have, which may be slow."""

    protocol = "slow"
    seconds = 0
    files: ClassVar[dict] = {}

    async def _cat_file(self, path, start=None, end=None, **options):
        await asyncio.sleep(self.seconds)
        if path not in self.files:
            raise FileNotFoundError(path)
        return self.files[path]

    async def _pipe_file(self, path, value, mode="overwrite", **options):
        await asyncio.sleep(self.seconds)
        self.files[path] = value


def test_a_store_that_does_not_answer_is_not_waited_for(monkeypatch):
    fsspec.register_implementation("slow", SlowSystem, clobber=True)
    monkeypatch.setattr(SlowSystem, "files", {})
    remote = store_at("slow://STATESX/")
    assert remote.place == "slow://STATESX" and remote.read("a") is None
    remote.write("a", b"1")
    assert remote.read("a") == b"1"
    assert [path.rpartition("/")[2] for path in SlowSystem.files] == ["a"]
    monkeypatch.setattr(store_module, "REQUEST_SECONDS", 0.1)
    monkeypatch.setattr(SlowSystem, "seconds", 3)
    for request in (lambda: remote.read("a"), lambda: remote.write("a", b"2")):
        with pytest.raises(TimeoutError):
            request()


def test_a_url_may_lead_through_another_one(tmp_path):
    """fsspec chains them: simplecache::memory://states."""
    cached = store_at("simplecache::memory://states")
    Remote("memory://states").write("a", b"1")
    assert isinstance(cached, Remote) and cached.read("a") == b"1"
    assert isinstance(store_at("memory://states/of://colons"), Remote)


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("nonsense://x", "Protocol not known: nonsense"),
        ("simplecache::nonsense://x", "Protocol not known: nonsense"),
        ("gs://bucket/x", "gs://bucket/x: .*gcsfs"),
    ],
)
def test_a_url_without_driver_is_an_error_that_names_it(place, words):
    with pytest.raises(StudyError, match=words):
        store_at(place)
