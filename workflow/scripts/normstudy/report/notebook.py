"""Execute the report's notebook, and turn it into one HTML page that needs no network."""

import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
import papermill
from markupsafe import Markup
from nbconvert import HTMLExporter
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from ..errors import StudyError

OPTIONAL = "optional"  # tag of a markdown cell that goes if the code cell after it shows nothing


@contextmanager
def _own_kernel() -> Iterator[Config]:
    """Let the kernel "python3" be this very Python, and keep what Jupyter writes out of the home.

    A kernel of that name in the user's home would otherwise come first.

    Yields:
        A configuration that talks to the kernel by sockets in a private folder: through TCP, the
        default, others on the machine could read along. Their names are kept short, as the
        system wants them (about a hundred letters).
    """
    with tempfile.TemporaryDirectory(prefix="normstudy-") as private:
        kernel = Path(private) / "kernels" / "python3" / "kernel.json"
        kernel.parent.mkdir(parents=True)
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        kernel.write_text(
            json.dumps({"argv": argv, "display_name": "Python 3", "language": "python"}),
            encoding="utf-8",
        )
        changed = {
            "JUPYTER_PATH": private,
            "JUPYTER_RUNTIME_DIR": private,
            "IPYTHONDIR": private,
        }
        before = {name: os.environ.get(name) for name in changed}
        os.environ.update(changed)
        try:
            sockets = {"transport": "ipc", "ip": str(Path(private) / "kernel")}
            yield Config({"KernelManager": sockets})
        finally:
            for name, value in before.items():
                os.environ.pop(name) if value is None else os.environ.update({name: value})


def execute(template: str | Path, parameters: dict, failed: str | Path) -> nbformat.NotebookNode:
    """The notebook executed with the parameters, without times, paths and chance in its metadata.

    Args:
        template: the notebook, with a cell tagged "parameters".
        parameters: what replaces the values of that cell.
        failed: where the notebook is kept if a cell fails.

    Raises:
        StudyError: a cell failed.
    """
    with tempfile.TemporaryDirectory(prefix="normstudy-") as folder, _own_kernel() as config:
        executed = Path(folder) / "report.ipynb"
        try:
            papermill.execute_notebook(
                str(template),
                str(executed),
                parameters,
                kernel_name="python3",
                progress_bar=False,
                config=config,
            )
        except PapermillExecutionError as error:
            Path(failed).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(executed, failed)
            if error.ename == StudyError.__name__:
                raise StudyError(error.evalue) from error
            raise StudyError(
                f"the report's notebook failed in cell {error.exec_count} with {error.ename}:"
                f" {error.evalue}; the notebook as far as it came is kept as {failed}"
            ) from error
        notebook = nbformat.read(executed, as_version=4)
    for part in (notebook, *notebook.cells):
        for name in ("papermill", "execution"):
            part.metadata.pop(name, None)
    for cell in notebook.cells:
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.id = "injected-parameters"  # papermill draws a new one each time
    return drop_empty(notebook)


def drop_empty(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The notebook without the optional prose whose code cell shows nothing."""
    cells = notebook.cells
    notebook.cells = [
        cell
        for cell, following in zip(cells, [*cells[1:], None], strict=True)
        if OPTIONAL not in cell.metadata.get("tags", [])
        or (following is not None and following.get("outputs"))
    ]
    return notebook


def outline(article: str) -> dict:
    """The article's title, and its sections with ids that links can reach.

    Returns:
        title, contents (a list of (id, heading)) and body, each as HTML.
    """
    contents: list[tuple[str, str]] = []

    def numbered(match: re.Match) -> str:
        words = match.group(1)
        plain = re.sub(r"<[^>]*>|&\w+;", "", words).lower()
        name = re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "section"
        taken = [known for known, _ in contents]
        name = name if name not in taken else f"{name}-{len(contents) + 1}"
        contents.append((name, Markup(words)))
        return f'<h2 id="{name}">{words}</h2>'

    body = re.sub(r"<h2[^>]*>(.*?)</h2>", numbered, article, flags=re.DOTALL)
    title = re.search(r"<h1[^>]*>(.*?)</h1>", article, flags=re.DOTALL)
    return {
        "title": Markup(title.group(1) if title else "Report"),
        "contents": contents,
        "body": Markup(body),
    }


def render(notebook: nbformat.NotebookNode, template: str | Path) -> str:
    """The executed notebook as one HTML page.

    Args:
        notebook: as `execute` gives it.
        template: folder of the page's template.
    """
    template = Path(template)
    exporter = HTMLExporter(
        template_name=template.name,
        extra_template_basedirs=[str(template.parent)],
        exclude_anchor_links=True,
    )
    exporter.register_filter("outline", outline)
    page, _ = exporter.from_notebook_node(notebook)
    return page
