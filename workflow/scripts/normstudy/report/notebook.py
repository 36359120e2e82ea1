"""Execute the report's notebook, and turn it into one HTML page that needs no network."""

import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
import papermill
from IPython.core.displayhook import DisplayHook
from IPython.core.interactiveshell import InteractiveShell
from markupsafe import Markup
from nbconvert import HTMLExporter
from nbformat.v4 import new_output
from papermill.engines import Engine, papermill_engines
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from ..errors import StudyError


class InThisProcess(Engine):
    """Runs a notebook's cells in this very process, as a kernel of its own would.

    A kernel takes a second to start, imports everything again, and listens on sockets.
    """

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, **_):
        with _shell() as shell:
            for index, cell in enumerate(nb_man.nb.cells):
                if cell.cell_type != "code":
                    continue
                nb_man.cell_start(cell, index)
                try:
                    cell.execution_count = shell.execution_count
                    cell.outputs, failed = shell.run(cell.source)
                    if failed:
                        nb_man.cell_exception(cell, cell_index=index)
                        break
                finally:
                    nb_man.cell_complete(cell, cell_index=index)


class _Results(DisplayHook):
    """Keeps what cells evaluate to, instead of printing it."""

    shell: "_Shell"  # which it is the hook of

    def write_format_data(self, format_dict, md_dict=None):
        self.shell.outputs.append(
            new_output(
                "execute_result",
                format_dict,
                metadata=md_dict or {},
                execution_count=self.shell.execution_count,
            )
        )

    def write_output_prompt(self):
        pass


class _Shell(InteractiveShell):
    """IPython without a terminal: a cell's results and its error are kept as outputs."""

    displayhook_class = _Results

    def run(self, source: str) -> tuple[list, bool]:
        """A cell's outputs, and whether it failed. What it prints goes where prints go."""
        self.outputs: list = []
        done = self.run_cell(source, store_history=True)
        error = done.error_before_exec or done.error_in_exec
        if isinstance(error, KeyboardInterrupt):
            raise error
        return self.outputs, error is not None

    def _showtraceback(self, etype, evalue, stb):
        self.outputs.append(
            new_output("error", ename=etype.__name__, evalue=str(evalue), traceback=stb)
        )


@contextmanager
def _shell() -> Iterator[_Shell]:
    """A shell that reads and writes nothing in the user's home, and leaves Python as it was."""
    with tempfile.TemporaryDirectory(prefix="normstudy-") as private:
        settings = Config()
        settings.HistoryManager.enabled = False
        shell = _Shell.instance(config=settings, ipython_dir=private)
        try:
            yield shell
        finally:
            shell.restore_sys_module_state()
            _Shell.clear_instance()


def execute(template: str | Path, parameters: dict, failed: str | Path) -> nbformat.NotebookNode:
    """The notebook executed with the parameters, without times, paths and chance in its metadata.

    Args:
        template: the notebook, with a cell tagged "parameters".
        parameters: what replaces the values of that cell.
        failed: where the notebook is kept if a cell fails.

    Raises:
        StudyError: a cell failed.
    """
    papermill_engines.register("in-this-process", InThisProcess)
    with tempfile.TemporaryDirectory(prefix="normstudy-") as folder:
        executed = Path(folder) / "report.ipynb"
        try:
            notebook = papermill.execute_notebook(
                str(template),
                str(executed),
                parameters,
                engine_name="in-this-process",
                kernel_name="python3",
                language="python",
                progress_bar=False,
                request_save_on_cell_execute=False,
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
    for part in (notebook, *notebook.cells):
        for name in ("papermill", "execution"):
            part.metadata.pop(name, None)
    for cell in notebook.cells:
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.id = "injected-parameters"  # papermill draws a new one each time
    return notebook


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
    kept = {Path(path).name: Path(path).read_bytes().decode("utf-8") for path in tables}
    page, _ = exporter.from_notebook_node(notebook, {"tables": kept})
    return page
