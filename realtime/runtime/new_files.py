"""Atomic file writing: complete or not at all, and never over an existing file by mistake."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..errors import RecordError

_PART = ".part"


@contextmanager
def new_files(*paths: Path) -> Iterator[tuple[Path, ...]]:
    """Temporary paths to write to, `<name>.part` each, renamed to `paths` when the block succeeds.

    If the block fails, they are deleted.  Missing folders are created.  Raises RecordError, in
    one line, if a file exists already or cannot be written.
    """
    refuse_existing(paths)
    parts = tuple(path.with_name(path.name + _PART) for path in paths)
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
    part = path.with_name(path.name + _PART)
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
        if os.path.lexists(path):
            raise RecordError(f"{path} exists already and is not overwritten: move it, or give another name")


def check_name(path: Path, temporary: str = _PART) -> None:
    """Raise RecordError if the name of `path`, or what it is called until it is complete
    (`<name>.part`), is too long for its file system."""
    length, most = len(os.fsencode(path.name + temporary)), _longest_name(path.parent)
    if length > most:
        raise RecordError(
            f"the name {path.name[:40]}… is {length - most} bytes too long for this file system: rename the input"
        )


def _longest_name(folder: Path) -> int:
    """Bytes that a name in `folder`, which may not exist yet, may have."""
    for place in (folder, *folder.parents):
        with suppress(AttributeError, OSError, ValueError):  # AttributeError: Windows
            return os.pathconf(place, "PC_NAME_MAX")
    return 255


def write_text(path: Path, text: str) -> None:
    """Write a new UTF-8 text file, without converting line ends."""
    with new_files(path) as (part,):
        # A header may contain a file name that is not UTF-8; its undecodable bytes become '?'.
        part.write_bytes(text.encode("utf-8", "replace"))
