"""Atomic file writing: complete or not at all, and never over an existing file by mistake."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from ..errors import RecordError
from .text import counted

_ADVICE = "move it, or give another name"
_PART = ".part"  # the longest that a name becomes until its file is complete: walk.part.mp4


@contextmanager
def new_files(*paths: Path) -> Iterator[tuple[Path, ...]]:
    """Temporary paths to write to, renamed to `paths` when the block succeeds.

    If the block fails, they are deleted.  Missing folders are created.  Raises RecordError, in
    one line, if a file exists already, if another process creates one meanwhile (which is kept),
    or if one cannot be written.
    """
    refuse_existing(paths)
    with os_errors_as_record_error(paths[0]):
        for path in paths:
            path.parent.mkdir(parents=True, exist_ok=True)
        with _temporary(paths) as parts:
            yield parts
            refuse_existing(paths)  # all of them, before the first one is there
            for part, path in zip(parts, paths, strict=True):
                give_name(part, path)


@contextmanager
def replacing(*paths: Path) -> Iterator[tuple[Path, ...]]:
    """Temporary paths to write to, that replace `paths` when the block succeeds: readers see an old
    file or a new one, never a partial one.  If the block fails, they are deleted.  Raises OSError."""
    with _temporary(paths) as parts:
        yield parts
        for part, path in zip(parts, paths, strict=True):
            part.replace(path)


def give_name(part: Path, path: Path) -> None:
    """Rename a finished file to `path`, never over another file.  Raises RecordError if there is one, OSError."""
    try:
        os.link(part, path)  # unlike a rename it fails where the name is taken, even at this moment
    except FileExistsError as fault:
        raise exists_already(path) from fault
    except OSError:  # a disk without hard links
        refuse_existing([path])
        part.rename(path)
    else:
        part.unlink()


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


def refuse_existing(paths: Iterable[Path], advice: str = _ADVICE) -> None:
    """Raise RecordError for the first path that exists."""
    for path in paths:
        if os.path.lexists(path):
            raise exists_already(path, advice)


def exists_already(path: Path, advice: str = _ADVICE) -> RecordError:
    """The error for a file that is not overwritten."""
    return RecordError(f"{path} exists already and is not overwritten: {advice}")


def check_outputs(paths: Sequence[Path], advice: str = _ADVICE, *, force: bool = False) -> None:
    """Raise RecordError for the first path that exists, is named twice, or cannot be written; long
    computations call this before they start.  `force` allows files that exist.  Creates nothing."""
    for number, path in enumerate(paths):
        if path in paths[:number]:
            raise RecordError(f"{path} is named for two files: give each a name of its own")
        if path.is_dir():
            raise RecordError(f"cannot write {path} (it is a folder)")
        if not force:
            refuse_existing([path], advice)
        with os_errors_as_record_error(path):
            check_folder(path.parent)


def check_folder(folder: Path) -> None:
    """Raise OSError unless files can be created in a folder or, where it is missing, in the nearest
    one above it.  Leaves nothing."""
    while not folder.exists():
        folder = folder.parent
    with tempfile.TemporaryFile(dir=folder):
        pass


def check_name(path: Path, temporary: str = _PART) -> None:
    """Raise RecordError if the name of `path`, or what it is called until it is complete
    (walk.part.mp4), is too long for its file system."""
    length, most = len(os.fsencode(path.name + temporary)), _longest_name(path.parent)
    if length > most:
        raise RecordError(
            f"the name {path.name[:40]}… is {counted(length - most, 'byte')} too long for this file system: "
            "rename the input"
        )


def _longest_name(folder: Path) -> int:
    """Bytes that a name in `folder`, which may not exist yet, may have."""
    for place in (folder, *folder.parents):
        with suppress(AttributeError, OSError, ValueError):  # AttributeError: Windows
            return os.pathconf(place, "PC_NAME_MAX")
    return 255


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
        with replacing(path) as (part,):
            part.write_bytes(data)


@contextmanager
def _temporary(paths: Sequence[Path]) -> Iterator[tuple[Path, ...]]:
    """Unused names beside `paths`, with their suffixes.  Two processes that write the same file have
    different ones, and no name of a user's file is among them."""
    parts = tuple(path.with_name(f".new-{secrets.token_hex(4)}{path.suffix}") for path in paths)
    try:
        yield parts
    finally:
        for part in parts:
            with suppress(OSError):  # the folder may not exist: then there is nothing to delete
                part.unlink()
