"""What is asked of recordings, on a command line or in Python: by which settings, and which part of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..errors import FormatError, UsageError
from ..estimation.network import network_file
from ..formats.keypoints_npz import has_rate
from ..settings import END, ESTIMATION, FLAGS, START, SYMMETRIC, Settings, names, settings_among
from ..sources.demo import clip_path
from ..sources.request import camera_number, holds_keypoints, is_image
from ..sources.video import has_time_stamps
from .task import Task

# The flags of whatever lifts recordings.
LIFT_FLAGS = (
    START,
    END,
    *(FLAGS[name] for name in ("fps", "max_frames")),
    SYMMETRIC.here(": model/symmetric-N, or the one in --model"),
    *(FLAGS[name] for name in names(stage=ESTIMATION)),
)


@dataclass(frozen=True)
class LiftRequest:
    """What is asked of each recording; `fps` is the frame rate of one that has none, and at most so many
    frames a second of the others."""

    settings: Settings
    start_s: float
    end_s: float
    fps: float | None
    symmetric: bool

    def task(self, path: Path, stem: Path, formats: tuple[str, ...] = (), *, force: bool = False) -> Task:
        """What is to be done with the recording at `path`."""
        rate, limit = _rate_and_limit(path, self.fps)
        settings = replace(self.settings, source=_as_source(path), realtime=False, fps=rate)
        return Task(settings, stem, formats, self.start_s, self.end_s, limit, force, self.symmetric)


def lift_request(given: Mapping[str, Any]) -> LiftRequest:
    """The request of the values that were given, by the names of their flags.  Raises UsageError for
    those that do not go together."""
    start_s, end_s = given.get("start", START.default), given.get("end", math.inf)
    if end_s <= start_s:
        raise UsageError("--end must be later than --start")
    symmetric = given.get("symmetric", False)
    settings = settings_among(given)
    network_file(settings, symmetric=symmetric)  # what is wrong about it is wrong for every input
    return LiftRequest(settings, start_s, end_s, settings.fps, symmetric)


def recording_path(text: str, refusal: str) -> Path:
    """The file or folder that is named, "demo" for the bundled clip.  Raises UsageError: `refusal` for a
    camera or an address."""
    if "://" in text or text == "auto" or (camera_number(text) is not None and not Path(text).is_file()):
        raise UsageError(refusal)
    try:
        path = clip_path() if text == "demo" else Path(text).expanduser()
    except RuntimeError as error:  # the home folder (~) of an unknown user
        raise UsageError(f"{text}: {error}") from error
    return path if path.name and path.name != ".." else path.resolve()  # "." has no name


def _as_source(path: Path) -> str:
    """The input as the `source` setting; absolute if a file is called 0, demo or auto."""
    is_word = str(path) in ("auto", "demo") or camera_number(str(path)) is not None
    return str(path.absolute() if is_word else path)


def _rate_and_limit(path: Path, fps: float | None) -> tuple[float | None, float | None]:
    """What --fps is for an input: the frame rate of one that has none, or a limit, above which frames are
    skipped; for an image file both, because the pictures of an animation have their own times."""
    if fps is None:
        return None, None
    if is_image(path):
        return fps, fps
    has_own = _has_rate(path) if holds_keypoints(str(path)) else has_time_stamps(path)
    return (None, fps) if has_own else (fps, None)


def _has_rate(path: Path) -> bool:
    with suppress(FormatError):  # reported where the file is read
        return has_rate(path)
    return False
