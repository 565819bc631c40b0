"""The texts of a report into their files: all, or none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from ...runtime.new_files import new_files, os_errors_as_record_error, replacing
from .joints import in_words
from .task import ReportTask


def made_now(wanted: ReportTask) -> dict[str, str]:
    """Which program made it and when, as json has it."""
    return {"made_by": wanted.made_by, "made": _now().isoformat(timespec="seconds")}


def made_line(wanted: ReportTask) -> str:
    """The same in a line, as the page has it."""
    return f"{wanted.made_by}, {in_words(_now())}"


def write_texts(paths: Sequence[Path], texts: Sequence[str], *, force: bool) -> None:
    """Write each text to its path; `force` replaces files that exist.  Raises RecordError."""
    with os_errors_as_record_error(paths[0], "; give another --out"):
        paths[0].parent.mkdir(parents=True, exist_ok=True)
        with (replacing if force else new_files)(*paths) as parts:
            for part, text in zip(parts, texts, strict=True):
                part.write_bytes(text.encode("utf-8", "replace"))


def _now() -> datetime:
    return datetime.now(UTC).astimezone()
