"""Files that appear whole, and never in the place of another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..errors import RecordError


@contextmanager
def new_files(*paths: Path) -> Iterator[tuple[Path, ...]]:
    """Paths to write to, `<name>.part` each, that become `paths` when the block ends well.

    Nothing is left of a block that fails.  Raises RecordError, in one line, where a file is
    there already or cannot be written; folders are made.
    """
    refuse_existing(paths)
    parts = tuple(path.with_name(path.name + ".part") for path in paths)
    try:
        with writing(paths[0]):
            for path in paths:
                path.parent.mkdir(parents=True, exist_ok=True)
            yield parts
            refuse_existing(paths)  # somebody may have been quicker
            for part, path in zip(parts, paths, strict=True):
                part.rename(path)
    finally:
        for part in parts:
            with suppress(OSError):  # where there is no such folder there is nothing to remove
                part.unlink()


@contextmanager
def writing(path: Path, advice: str = "") -> Iterator[None]:
    """Faults of the disk in one line, with what to do."""
    try:
        yield
    except OSError as fault:
        raise RecordError(f"cannot write {path} ({fault.strerror or fault}){advice}") from fault


def refuse_existing(paths: Iterable[Path]) -> None:
    """Raise RecordError for the first of the paths that is taken; a long computation asks
    before it begins."""
    for path in paths:
        if path.exists() or path.is_symlink():
            raise RecordError(f"{path} is there already and is not overwritten: move it, or give another name")


def write_text(path: Path, text: str) -> None:
    """A new file of UTF-8 text whose line ends are written as they stand."""
    with new_files(path) as (part,):
        # A file name that is not UTF-8 may stand in a header; its odd bytes become '?'.
        part.write_bytes(text.encode("utf-8", "replace"))
