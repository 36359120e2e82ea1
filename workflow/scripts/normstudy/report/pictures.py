"""Images of the data as files: small ones, as they are."""

import io

import numpy as np
from PIL import Image


def bitmap(pixels: np.ndarray) -> bytes:
    """A PNG of grey pixels, uint8 (height, width)."""
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, "PNG", optimize=True)
    return content.getvalue()
