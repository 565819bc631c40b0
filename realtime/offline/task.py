"""One recording to lift: the task and its outcome."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ..formats.recorded_video import is_recorded_video
from ..runtime.text import counted, printable
from ..settings import Settings
from ..skeleton import H36M17, Skeleton
from .outputs import OUTPUTS
from .quality import FAST


@dataclass(frozen=True)
class Task:
    """One input and what is wanted of it.  `stem`: the outputs' path without endings;
    `formats`: names of outputs; `start_s`, `end_s`: the part that is lifted; `fps`: at most so
    many frames a second; `symmetric`: with a network that sees the future; `quality`: the name of
    what chose that and those settings that were not given; `joints`: the skeleton to be lifted to, where the
    settings name no network."""

    settings: Settings
    stem: Path
    formats: tuple[str, ...]
    start_s: float = 0.0
    end_s: float = np.inf
    fps: float | None = None
    force: bool = False
    symmetric: bool = False
    quality: str = FAST
    joints: Skeleton = H36M17

    @property
    def source(self) -> Path:
        """The input."""
        return Path(self.settings.source)

    @property
    def source_name(self) -> str:
        """The input's name in files: Unicode, whatever its bytes are."""
        return os.fsencode(self.source.name).decode("utf-8", "replace")

    @property
    def name(self) -> str:
        """The input's name for people, on one line; all live recordings call their videos the same."""
        folder = f"{self.source.parent.name}/" if is_recorded_video(self.source) else ""
        return printable(f"{folder}{self.source_name}")

    def files(self) -> tuple[Path, ...]:
        """All that is written, but for the manifest."""
        return tuple(path for name in self.formats for path in OUTPUTS[name].files(self.stem))


@dataclass(frozen=True)
class OutputFault:
    """Why an output was not made, in one line; `final`: it would fail again."""

    line: str
    final: bool = False


@dataclass(frozen=True)
class Outcome:
    """How it went.  `fault`: why nothing could be lifted, '' otherwise; `missing`: the outputs
    that were not made; `notes`: what else is to be known of those that were; `trust`: how far the
    poses can be trusted, in lines for people; `how`: by which quality and network; `done_before`:
    nothing was to do."""

    name: str
    frames: int = 0
    people: int = 0
    seconds: float = 0.0
    files: tuple[str, ...] = ()
    fault: str = ""
    done_before: bool = False
    missing: dict[str, OutputFault] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    trust: tuple[str, ...] = ()
    how: str = ""

    @property
    def complete(self) -> bool:
        """Whether all that was asked for is there."""
        return not (self.fault or self.missing)

    def __str__(self) -> str:
        """One line, whatever the name holds."""
        return printable("; ".join([self._text(), *self._missing(), *self.notes]))

    def _text(self) -> str:
        if self.fault.startswith(self.name):
            return self.fault
        if self.fault:
            return f"{self.name}: {self.fault}"
        if self.done_before:
            return f"{self.name}: done before (--force does it again)"
        seen = f"{self.people} with a person" if self.people else "nobody was seen"
        made = f" → {', '.join(self.files)}" if self.files else ""
        how = f", {self.how}" if self.how else ""
        return f"{self.name}: {counted(self.frames, 'frame')}, {seen}, {self.seconds:.1f} s{how}{made}"

    def _missing(self) -> list[str]:
        return [f"no {output}: {fault.line}" for output, fault in self.missing.items()]
