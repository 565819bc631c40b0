"""One recording to lift: the task and its outcome."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..formats.recorded_video import recorded_video
from ..formats.writers import WRITERS
from ..settings import Settings

FILMS = ("mp4", "gif")
PICTURE, KEYPOINTS = "png", "2d"
FORMATS = (*WRITERS, *FILMS, PICTURE, KEYPOINTS)
KEYPOINT_ENDINGS = ("_2d.npz", "_detectron2.npz")


@dataclass(frozen=True)
class Task:
    """One input and what is wanted of it.  `stem`: the outputs' path without endings;
    `start_s`, `end_s`: the part that is lifted; `fps`: at most so many frames a second;
    `symmetric`: with a network that sees the future."""

    settings: Settings
    stem: Path
    formats: tuple[str, ...]
    start_s: float = 0.0
    end_s: float = np.inf
    fps: float | None = None
    force: bool = False
    symmetric: bool = False

    @property
    def source(self) -> Path:
        """The input."""
        return Path(self.settings.source)

    @property
    def name(self) -> str:
        """The input's name for people, on one line; all live recordings call their videos the same."""
        is_recorded = recorded_video(self.source.parent) == self.source
        name = f"{self.source.parent.name}/{self.source.name}" if is_recorded else self.source.name
        return " ".join(name.splitlines())

    def files(self) -> tuple[Path, ...]:
        """All that is written, but for the record."""
        files: list[Path] = []
        for name in self.formats:
            if name in WRITERS:
                files += WRITERS[name].files(self.stem)
            elif name == KEYPOINTS:
                files += [self.stem.with_name(self.stem.name + ending) for ending in KEYPOINT_ENDINGS]
                files.append(self.stem.with_name(f"data_2d_custom_{self.stem.name}.npz"))
            else:
                files.append(self.stem.with_name(f"{self.stem.name}.{name}"))
        return tuple(files)


@dataclass(frozen=True)
class Outcome:
    """How it went: `fault` is '' where all is well, `done_before` where nothing was to do."""

    name: str
    frames: int = 0
    people: int = 0
    seconds: float = 0.0
    files: tuple[str, ...] = ()
    fault: str = ""
    done_before: bool = False

    def __str__(self) -> str:
        """One line, whatever the name holds."""
        return " ".join(self._text().splitlines())

    def _text(self) -> str:
        if self.fault.startswith(self.name):
            return self.fault
        if self.fault:
            return f"{self.name}: {self.fault}"
        if self.done_before:
            return f"{self.name}: done before (--force does it again)"
        seen = f"{self.people} with a person" if self.people else "nobody was seen"
        return f"{self.name}: {self.frames} frames, {seen}, {self.seconds:.1f} s → {', '.join(self.files)}"
