"""One input to report: what is wanted of it, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..task import Task


@dataclass(frozen=True)
class ReportTask:
    """One input that a report is wanted of.  `lifted`: how it is lifted, if that is not `motion`, the file that holds
    its motion already; `endings`: of the files that are written, the page first; `made_by`: the program and its
    version."""

    lifted: Task
    motion: Path | None
    endings: tuple[str, ...]
    made_by: str

    def files(self) -> tuple[Path, ...]:
        """All that is written."""
        stem = self.lifted.stem
        return tuple(stem.with_name(stem.name + ending) for ending in self.endings)


@dataclass(frozen=True)
class ReportOutcome:
    """How it went: a line about it, sentences on how far it can be trusted, whether the page was written, and whether
    all else was too."""

    line: str
    trust: tuple[str, ...] = ()
    has_page: bool = True
    complete: bool = True
