"""The files of `prepare`: all of them, or none."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ...runtime.new_files import check_outputs, give_name, os_errors_as_record_error

# Names of files, the function that writes the first of them and with it the others, and what it writes.
Files = tuple[tuple[str, ...], Callable[[Path, Any], None], object]


def write_files(folder: Path, files: Iterable[Files], *, force: bool) -> None:
    """Write the files into a folder and print their paths.  Raises RecordError, with none written, if one exists
    (unless `force`) or cannot be written."""
    listed = list(files)
    paths = [folder / name for names, _, _ in listed for name in names]
    check_outputs(paths, force=force)
    with os_errors_as_record_error(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".prepare-", dir=folder) as staging:
            for names, write, what in listed:
                write(Path(staging) / names[0], what)
            for path in paths:
                part = Path(staging) / path.name
                part.replace(path) if force else give_name(part, path)
    for path in paths:
        print(f"wrote {path}")
