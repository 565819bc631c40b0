"""The contracts between the stages.

A stage is a plain callable with parameters in its constructor, one `__call__`, and
`close()` where it holds something open.  Live and offline use are the same stages with
another source.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from .pose import Array, Estimate, Frame, Pose2D
from .skeleton import Skeleton
from .window import PoseWindow

# States of a source (words of GStreamer's fallbacksrc): see `SourceStatus.state`.
OPENING, STREAMING, STALLED, RECONNECTING, ENDED = (
    "opening",
    "streaming",
    "stalled",
    "reconnecting",
    "ended",
)


class EndOfSource(Exception):
    """A source has no more frames.  Not a fault."""


@dataclass(frozen=True)
class SourceStatus:
    """How a source is doing.  `dropped` counts frames that were captured but replaced by
    a newer one before anyone read them; `reconnects` counts successful re-openings.
    `detail` says the last fault in one line, '' if there was none."""

    state: str
    dropped: int = 0
    reconnects: int = 0
    detail: str = ""


class Source(Protocol):
    """Frames in order.

    `live` tells the policy: a live source gives its newest frame and counts the ones it
    dropped; any other gives every frame.  `name` goes into messages and files.
    """

    name: str
    live: bool

    def read(self, timeout_s: float) -> Frame | None:
        """The next frame, or None if none came within `timeout_s`.

        Raises EndOfSource after the last frame, SourceError if the source is unusable
        for good.  One thread reads.
        """

    def status(self) -> SourceStatus:
        """A snapshot; may be called from any thread."""

    def close(self) -> None:
        """Free the device and join the threads; may be called twice."""


class Detector(Protocol):
    """Frame → keypoints of the followed person, or None if nobody is there."""

    name: str
    skeleton: Skeleton

    def __call__(self, frame: Frame) -> Pose2D | None:
        """Frames come in order, all from one thread."""

    def close(self) -> None:
        """Free the network; may be called twice."""


class Bridge(Protocol):
    """What a detector gave for a frame → finite keypoints, perhaps a repetition over a
    short gap (`bridged`), or None where nobody is there."""

    def __call__(self, pose: Pose2D | None, frame: Frame) -> Pose2D | None:
        """Call once for every frame, in order."""


class Lifter(Protocol):
    """Window of 2D poses → joints (J, 3) of the newest, metres, relative to the pelvis,
    camera axes (x right, y down, z forward).  Until the window is full, the oldest pose
    in it stands for those that are missing."""

    name: str
    window_length: int

    def __call__(self, window: PoseWindow) -> Array:
        """Call after each push; the window is not changed."""


class Sink(Protocol):
    """Takes every estimate, in order, without holding the loop up."""

    def __call__(self, estimate: Estimate) -> None:
        """Take one; faults of the outside are noted, not raised."""

    def close(self) -> None:
        """Put everything down; may be called twice."""
