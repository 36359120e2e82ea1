"""Execute the report's notebook, and turn it into one HTML page that needs no network."""

import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import nbformat
import papermill
from markupsafe import Markup
from nbconvert import HTMLExporter
from nbformat.reader import NotJSONError
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from ..errors import StudyError
from .page import PAGE, Page

# Where the kernel can: without, it warns.
ENCRYPTED = Config(KernelManager={"transport_encryption": "auto"})


def execute(template: str | Path, parameters: dict, failed: str | Path) -> nbformat.NotebookNode:
    """The notebook executed with the parameters, without times, paths and chance in its metadata.

    Args:
        template: the notebook, with a cell tagged "parameters".
        parameters: what replaces the values of that cell.
        failed: where the notebook is kept if a cell fails.

    Raises:
        StudyError: a cell failed, or the file is not a notebook.
    """
    with tempfile.TemporaryDirectory(prefix="normstudy-") as folder, _private_kernel(folder):
        executed = Path(folder) / "report.ipynb"
        run = partial(
            papermill.execute_notebook,
            template,
            parameters=parameters,
            kernel_name="python3",
            progress_bar=False,
            config=ENCRYPTED,
        )
        try:
            # papermill writes the whole notebook before and after each cell: a tenth of the time.
            # So it writes only if a cell has failed, and executes it again for that.
            with suppress(PapermillExecutionError):
                return _stripped(run(None))
            return _stripped(run(executed))
        except NotJSONError as error:
            raise StudyError(f"{template} is not a notebook: it is not JSON") from error
        except PapermillExecutionError as error:
            Path(failed).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(executed, failed)
            if error.ename == StudyError.__name__:
                raise StudyError(error.evalue) from error
            raise StudyError(
                f"the report's notebook failed in cell {error.exec_count} with {error.ename}:"
                f" {error.evalue}; the notebook as far as it came is kept as {failed}"
            ) from error


def _stripped(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """An executed notebook without what papermill notes in it."""
    for part in (notebook, *notebook.cells):
        for name in ("papermill", "execution"):
            part.metadata.pop(name, None)
    for cell in notebook.cells:
        if "parameters" in cell.metadata.get("tags", []):
            cell.metadata.tags.remove("parameters")
        if "injected-parameters" in cell.metadata.get("tags", []):
            # Those of the executed notebook, for whoever runs it again with others.
            cell.id, cell.metadata.tags = "study-parameters", ["parameters"]
    return notebook


@contextmanager
def _private_kernel(folder: str) -> Iterator[None]:
    """Have kernels be of this Python, and leave the user's Jupyter and IPython as they are."""
    settings = {
        "JUPYTER_PREFER_ENV_PATH": "1",  # a user's kernel called python3 may be another Python
        "JUPYTER_RUNTIME_DIR": folder,
        "IPYTHONDIR": folder,
    }
    before = dict(os.environ)
    os.environ.update(settings)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def figures(notebook: nbformat.NotebookNode) -> dict[str, nbformat.NotebookNode]:
    """Name → the output of each figure that an executed notebook shows."""
    outputs = (output for cell in notebook.cells for output in cell.get("outputs", []))
    return {o.metadata[PAGE]["name"]: o for o in outputs if PAGE in o.get("metadata", {})}


def outline(article: str) -> dict:
    """The article's title, and its sections with ids that links can reach.

    Each heading of level 2 or 3 gets an id and an empty link to itself, which the style shows.

    Returns:
        title, contents (a list of (id, heading), of level 2) and body, each as HTML.
    """
    contents: list[tuple[str, str]] = []
    taken: set[str] = set()

    def numbered(match: re.Match) -> str:
        level, words = match.groups()
        label = re.sub(r"<[^>]*>", "", words).replace('"', "&quot;")
        plain = re.sub(r"&#?\w+;", "", label).lower()
        name = re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "section"
        name = name if name not in taken else f"{name}-{len(taken) + 1}"
        taken.add(name)
        if level == "2":
            contents.append((name, Markup(words)))
        link = f'<a class="anchor" href="#{name}" aria-label="Link to: {label}"></a>'
        return f'<h{level} id="{name}">{words}{link}</h{level}>'

    body = re.sub(r"<h([23])[^>]*>(.*?)</h\1>", numbered, article, flags=re.DOTALL)
    title = re.search(r"<h1[^>]*>(.*?)</h1>", article, flags=re.DOTALL)
    return {
        "title": Markup(title.group(1) if title else "Report"),
        "contents": contents,
        "body": Markup(body),
    }


def render(
    notebook: nbformat.NotebookNode, template: str | Path, tables: Iterable[str | Path] = ()
) -> str:
    """The executed notebook as one HTML page.

    Cells tagged "notebook-only" are left out, and those tagged "page-top" come first.

    Args:
        notebook: as `execute` gives it.
        template: folder of the page's template.
        tables: files that the page carries for readers to save.
    """
    template = Path(template)
    exporter = HTMLExporter(
        template_name=template.name,
        extra_template_basedirs=[str(template.parent)],
        exclude_anchor_links=True,
    )
    exporter.register_filter("outline", outline)
    exporter.register_filter("figure", Page(template).figure)
    kept = {Path(path).name: Path(path).read_bytes().decode("utf-8") for path in tables}
    tagged = ((cell, cell.metadata.get("tags", [])) for cell in notebook.cells)
    shown = [(cell, tags) for cell, tags in tagged if "notebook-only" not in tags]
    shown.sort(key=lambda pair: "page-top" not in pair[1])
    ordered = notebook | {"cells": [cell for cell, _ in shown]}
    page, _ = exporter.from_notebook_node(nbformat.from_dict(ordered), {"tables": kept})
    return page
