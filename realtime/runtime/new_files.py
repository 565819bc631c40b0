"""Atomic file writing: complete or not at all, and never over an existing file by mistake."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..errors import RecordError


@contextmanager
def new_files(*paths: Path) -> Iterator[tuple[Path, ...]]:
    """Temporary paths to write to, `<name>.part` each, renamed to `paths` when the block succeeds.

    If the block fails, they are deleted.  Missing folders are created.  Raises RecordError, in
    one line, if a file exists already or cannot be written.
    """
    refuse_existing(paths)
    parts = tuple(path.with_name(path.name + ".part") for path in paths)
    try:
        with os_errors_as_record_error(paths[0]):
            for path in paths:
                path.parent.mkdir(parents=True, exist_ok=True)
            yield parts
            refuse_existing(paths)  # another process may have created one meanwhile
            for part, path in zip(parts, paths, strict=True):
                part.rename(path)
    finally:
        for part in parts:
            with suppress(OSError):  # the folder may not exist: then there is nothing to delete
                part.unlink()


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path to write to, `<name>.part`, that replaces `path` when the block succeeds:
    readers see the old file or the new one, never a partial one.  If the block fails, it is deleted."""
    part = path.with_name(path.name + ".part")
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def os_errors_as_record_error(
    path: Path, advice: str = "", *, also: tuple[type[Exception], ...] = ()
) -> Iterator[None]:
    """Convert OSError, and the errors in `also`, to a one-line RecordError that ends with `advice`."""
    errors: tuple[type[Exception], ...] = (OSError, *also)
    try:
        yield
    except errors as fault:
        raise RecordError(f"cannot write {path} ({getattr(fault, 'strerror', None) or fault}){advice}") from fault


def refuse_existing(paths: Iterable[Path]) -> None:
    """Raise RecordError for the first path that exists; long computations call this before they
    start."""
    for path in paths:
        if path.exists() or path.is_symlink():
            raise RecordError(f"{path} exists already and is not overwritten: move it, or give another name")


def write_text(path: Path, text: str) -> None:
    """Write a new UTF-8 text file, without converting line ends."""
    # A header may contain a file name that is not UTF-8; its undecodable bytes become '?'.
    write_bytes(path, text.encode("utf-8", "replace"))


def write_bytes(path: Path, data: bytes, *, replace: bool = False) -> None:
    """Write a whole file, in place of an existing one only if `replace`.  Missing folders are
    created.  Raises RecordError."""
    if not replace:
        with new_files(path) as (part,):
            part.write_bytes(data)
        return
    with os_errors_as_record_error(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as part:
            part.write_bytes(data)
