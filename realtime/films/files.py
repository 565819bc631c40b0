"""What film and picture files share: their errors in one line, and a single picture."""

from __future__ import annotations

import io
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np

from ..pose import Image
from ..runtime.new_files import os_errors_as_record_error, replacing


def film_errors(path: Path) -> AbstractContextManager[None]:
    """Errors of the disk and of PyAV, some of which are ValueErrors, as a RecordError."""
    return os_errors_as_record_error(path, also=(ValueError,))


def save_png(image: Image, path: Path) -> None:
    """Write a picture (H, W, 4) RGBA as a PNG, whole or not at all.  Raises RecordError."""
    from PIL import Image as Pillow

    data = io.BytesIO()
    Pillow.fromarray(np.ascontiguousarray(image[..., :3])).save(data, "PNG")
    with film_errors(path):
        if path.exists() and not path.is_file():  # a pipe cannot be replaced
            path.write_bytes(data.getbuffer())
            return
        with replacing(path) as part:
            part.write_bytes(data.getbuffer())
