"""A place for small files: a folder, or a URL that fsspec can write to."""

from collections.abc import Collection
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from ..errors import StudyError
from .files import replacing

REQUEST_SECONDS = 60  # for one request to an object store, its client's own retries included


class Folder:
    """Files of a folder. Each is written beside its name and moved into place."""

    def __init__(self, place: str | Path):
        self.place = Path(place)

    def read(self, name: str) -> bytes | None:
        """A file's content; None if there is no such file."""
        try:
            return (self.place / name).read_bytes()
        except FileNotFoundError:
            return None

    def write(self, name: str, content: bytes) -> None:
        """Replace a file as a whole.

        Raises:
            StudyError: the disk is full.
        """
        with replacing(self.place / name) as temporary:
            temporary.write_bytes(content)

    def remove(self, names: Collection[str]) -> None:
        """Delete those files that are there, and the folder once it is empty."""
        for name in names:
            (self.place / name).unlink(missing_ok=True)
        with suppress(OSError):  # not there, or not empty
            self.place.rmdir()


class Remote:
    """Files under a URL. Its methods raise whatever the URL's driver does.

    The driver connects on first use, which may fail for a moment, too.
    """

    def __init__(self, place: str):
        self.place = place.rstrip("/")

    @cached_property
    def _opened(self):
        from fsspec.core import url_to_fs  # 0.1 s, which a local study need not spend

        return url_to_fs(self.place)

    @property
    def _limit(self) -> dict:
        """The option that ends a request in time; only the asynchronous drivers have it."""
        return {"timeout": REQUEST_SECONDS} if self._opened[0].async_impl else {}

    def read(self, name: str) -> bytes | None:
        """A file's content; None if there is no such file."""
        system, root = self._opened
        try:
            return system.cat_file(f"{root}/{name}", **self._limit)
        except FileNotFoundError:
            return None

    def write(self, name: str, content: bytes) -> None:
        """Replace a file as a whole: an object in one request, others beside and then moved.

        fsspec's asynchronous drivers are those of object stores, which show an object when it
        has arrived.
        """
        system, root = self._opened
        if system.async_impl:
            system.pipe_file(f"{root}/{name}", content, **self._limit)
            return
        system.makedirs(root, exist_ok=True)
        temporary = f"{root}/.{name}.part"
        system.pipe_file(temporary, content)
        system.mv(temporary, f"{root}/{name}")

    def remove(self, names: Collection[str]) -> None:
        """Delete those files that are there."""
        system, root = self._opened
        system.invalidate_cache()
        try:
            present = {path.rpartition("/")[2] for path in system.ls(root, detail=False)}
        except FileNotFoundError:
            return
        if there := [f"{root}/{name}" for name in names if name in present]:
            system.rm(there)


def run_states(log: Path, place: str | None) -> Folder | Remote:
    """Where the states of interrupted runs are.

    Args:
        log: of a job of a run, which lies in logs/<rule>/ of the results.
        place: the config's (key resume); None: the folder resume of the results.
    """
    return store_at(place) if place else Folder(log.parents[2] / "resume")


def forget_state(log: Path, place: str | None) -> None:
    """Delete the state of a run that is trained; arguments as of `run_states`."""
    try:
        run_states(log, place).remove([f"{log.stem}.pt"])
    except Exception as error:  # each kind of store has errors of its own
        print(f"Warning: {place} keeps the state of a finished run ({error})")


def is_url(place: str) -> bool:
    """Whether a place is a URL, not a folder's name."""
    return "://" in place


def store_at(place: str) -> Folder | Remote:
    """The store at a folder or a URL.

    Raises:
        StudyError: fsspec does not know the URL's kind, or its driver is not installed.
    """
    if not is_url(place):
        return Folder(Path(place).expanduser())
    from fsspec import get_filesystem_class

    kind = place.partition("://")[0].rpartition("::")[2]
    try:
        get_filesystem_class(kind)
    except (ImportError, ValueError) as error:
        raise StudyError(f"{place}: {error}") from error
    return Remote(place)
