"""The pieces of the page that can be touched, with what stands for them where no script runs."""

from pathlib import Path

import numpy as np
from IPython.display import HTML
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from .explorer import explorer
from .study import Study
from .worked_example import worked_example


def errors_explorer(study: Study, pictures: np.ndarray, template: str | Path) -> HTML | None:
    """Every misclassified image; nothing where there is none.

    Args:
        pictures: the test images, uint8 (N, 28, 28).
        template: the folder of the page's templates.
    """
    found = explorer(study, pictures)
    return _piece(template, "explorer", found) if found else None


def worked_grids(batches: dict[str, np.ndarray], grids: HTML, template: str | Path) -> HTML:
    """The worked example.

    Args:
        batches: layer → whole numbers (image, channel, row, column).
        grids: its figures, for print and for readers without script.
        template: the folder of the page's templates.
    """
    return _piece(template, "worked_example", worked_example(batches), Markup(grids.data))


def _piece(template: str | Path, name: str, *facts) -> HTML:
    """The macro of a template, both of one name; it escapes every string."""
    environment = Environment(
        loader=FileSystemLoader(template), autoescape=True, undefined=StrictUndefined
    )
    return HTML(getattr(environment.get_template(f"{name}.html.j2").module, name)(*facts))
