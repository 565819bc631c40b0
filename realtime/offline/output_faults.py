"""What went wrong with single outputs of a recording, while the others go on."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import NotRepresentable, PoseError
from .task import OutputFault

_log = logging.getLogger(__name__)


class OutputFaults(dict[str, OutputFault]):
    """The faults of outputs by name; files are named as they will be beside `stem`, not where
    they are staged."""

    def __init__(self, stem: Path) -> None:
        super().__init__()
        self._stem = stem

    def remaining(self, names: Iterable[str]) -> tuple[str, ...]:
        """Those of `names` that have no fault."""
        return tuple(name for name in names if name not in self)

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """Within the block, faults are those of this output."""
        try:
            yield
        except Exception as fault:  # noqa: BLE001 - also of libraries: the other outputs are worth more
            self.add(name, fault)

    def add(self, name: str, fault: Exception) -> None:
        """Take in a fault; only the first of an output counts."""
        if name not in self:
            line = fault_line(fault).replace(f"{self._stem.parent}{os.sep}", "")
            self[name] = OutputFault(line, isinstance(fault, NotRepresentable))


def fault_line(fault: Exception) -> str:
    """A fault in one line; what is not a fault of the user's is logged with its traceback."""
    if isinstance(fault, PoseError | OSError):
        return str(fault)
    if isinstance(fault, MemoryError):
        return "not enough memory"
    _log.error("an internal error, please report it:", exc_info=fault)
    return f"internal error ({type(fault).__name__}: {fault})"


def discard(path: Path) -> None:
    """Remove an output that is not complete, under its temporary name too: others need the space."""
    for name in (path.name, f"{path.stem}.part{path.suffix}"):
        path.with_name(name).unlink(missing_ok=True)
