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
from ..lifting.choice import sees_future
from ..runtime.arguments import choice
from ..settings import END, ESTIMATION, FLAGS, START, SYMMETRIC, names, settings_among
from ..smoothing import SMOOTHERS, ZERO_LAG
from ..sources.demo import clip_path
from ..sources.image_file import contains_several
from ..sources.request import camera_number, holds_keypoints, is_image
from ..sources.video import has_time_stamps
from .quality import GOOD, QUALITIES, QUALITY, future_settings, keypoint_settings, quality_of
from .task import Task

_HERE = {  # what --quality chooses
    "smooth": FLAGS["smooth"].here(
        f"; {ZERO_LAG} without delay, by what comes before and after",
        read=choice(*SMOOTHERS, ZERO_LAG),
        metavar="|".join((*SMOOTHERS, ZERO_LAG)),
        shown="as --quality says",
    ),
    "window": FLAGS["window"].here(shown=f"{QUALITIES[GOOD].future['window']}, or 27 with --quality fast"),
    "landmarks": FLAGS["landmarks"].here(shown="full, or heavy with --quality best"),
    "mirror_average": FLAGS["mirror_average"].here(shown="off, or on with --quality best"),
}

# The flags of whatever lifts recordings.
LIFT_FLAGS = (
    START,
    END,
    *(FLAGS[name] for name in ("fps", "max_frames")),
    QUALITY,
    SYMMETRIC.here(f": --quality {GOOD} --smooth off"),
    *(_HERE.get(name, FLAGS[name]) for name in names(stage=ESTIMATION)),
)


@dataclass(frozen=True)
class LiftRequest:
    """What is asked of each recording: the `given` settings and flags by name, and how good it is to be."""

    given: Mapping[str, Any]
    quality: str
    start_s: float
    end_s: float

    def task(self, path: Path, stem: Path, formats: tuple[str, ...] = (), *, force: bool = False) -> Task:
        """What is to be done with the recording at `path`."""
        future = future_settings(self.quality, self.given, single=is_single_picture(path))
        keypoints = {} if holds_keypoints(str(path)) else keypoint_settings(self.quality, self.given)
        settings = settings_among({**future, **keypoints, **self.given})
        rate, limit = _rate_and_limit(path, settings.fps)
        settings = replace(settings, source=_as_source(path), realtime=False, fps=rate)
        part = self.start_s, self.end_s, limit
        return Task(settings, stem, formats, *part, force, symmetric=bool(future), quality=self.quality)


def lift_request(given: Mapping[str, Any]) -> LiftRequest:
    """The request of the values that were given, by the names of their flags.  Raises UsageError for
    those that do not go together."""
    start_s, end_s = given.get("start", START.default), given.get("end", math.inf)
    if end_s <= start_s:
        raise UsageError("--end must be later than --start")
    quality = quality_of(given)
    future = future_settings(quality, given, single=False)
    settings = settings_among({**future, **given})
    other = "--symmetric" if given.get("symmetric") else f"--quality {quality}"
    if future and (settings.causal or settings.delay):
        flag = "--causal" if settings.causal else f"--delay {settings.delay}"
        raise UsageError(f"{other} takes a symmetric network, which {flag} is not for: leave one of them out")
    network = network_file(settings, symmetric=bool(future))  # what is wrong about it is wrong for every input
    if future and not sees_future(network):
        raise UsageError(f"{network.stem} is causal and sees no future frames; leave out {other}, or --model")
    return LiftRequest(given, quality, start_s, end_s)


def is_single_picture(path: Path) -> bool:
    """Whether it is an image, and no animation or stack."""
    return is_image(path) and not contains_several(path)


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
