"""What film and picture files share: their errors in one line, and a single picture."""

from __future__ import annotations

import io
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np

from ..errors import RecordError
from ..pose import Image
from ..runtime.new_files import check_outputs, new_files, os_errors_as_record_error, replacing

OVERWRITE = "give another name, or --force"


def film_errors(path: Path) -> AbstractContextManager[None]:
    """Errors of the disk and of PyAV, some of which are ValueErrors, as a RecordError."""
    return os_errors_as_record_error(path, also=(ValueError,))


def check_output(path: Path, *, force: bool = False) -> None:
    """Raise RecordError unless a film or picture can be written to `path`: its folder must exist, the
    file must not, except with `force`."""
    if not path.parent.is_dir():
        raise RecordError(f"cannot write {path}: there is no folder {path.parent}")
    if not _is_pipe(path):
        check_outputs([path], OVERWRITE, force=force)


def save_png(image: Image, path: Path, *, force: bool = False) -> None:
    """Write a new picture (H, W, 4) RGBA as a PNG, whole or not at all; `force` replaces a file that
    exists.  Raises RecordError."""
    from PIL import Image as Pillow

    data = io.BytesIO()
    Pillow.fromarray(np.ascontiguousarray(image[..., :3])).save(data, "PNG")
    check_output(path, force=force)
    with film_errors(path):
        if _is_pipe(path):
            path.write_bytes(data.getbuffer())
            return
        with replacing(path.resolve()) if force else new_files(path) as (part,):
            part.write_bytes(data.getbuffer())


def _is_pipe(path: Path) -> bool:
    """Whether it is a pipe or a device, which can be written to but not replaced."""
    return path.exists() and not path.is_file() and not path.is_dir()
