"""Files that pictures go to: their faults in one line, and a single picture."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ..errors import RecordError
from ..pose import Image


@contextlib.contextmanager
def told(path: Path) -> Iterator[None]:
    """Faults of the disk in one line."""
    try:
        yield
    except (OSError, ValueError) as fault:  # PyAV's errors are also these
        raise RecordError(f"cannot write {path}: {getattr(fault, 'strerror', None) or fault}") from fault


def save_png(image: Image, path: Path) -> None:
    """A picture (H, W, 4) RGBA as a PNG; a file is whole or not there.  Raises RecordError."""
    from PIL import Image as Pillow

    data = io.BytesIO()
    Pillow.fromarray(np.ascontiguousarray(image[..., :3])).save(data, "PNG")
    with told(path):
        if path.exists() and not path.is_file():  # a pipe cannot be put in place
            path.write_bytes(data.getbuffer())
            return
        part = path.with_name(path.name + ".part")
        try:
            part.write_bytes(data.getbuffer())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
