"""The contracts between the stages.

A stage is a plain callable with parameters in its constructor, one `__call__`, and
`close()` where it holds something open.  Live and offline use are the same stages with
another source.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from .pose import Array, DetectedPerson, Estimate, Frame, Pose2D
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
    `detail` is the last fault in one line, '' if there was none."""

    state: str
    dropped: int = 0
    reconnects: int = 0
    detail: str = ""


class Source(Protocol):
    """Frames in order.

    `live` is the drop policy: a live source returns its newest frame and counts the dropped
    ones; any other returns every frame.  `name` goes into messages and files.
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
    """Frame → all people in it, in any order.  `many_people`: it can find several people; where
    False it finds one and chooses itself."""

    name: str
    skeleton: Skeleton
    many_people: bool

    def __call__(self, frame: Frame) -> Sequence[DetectedPerson]:
        """Frames come in order, all from one thread."""

    def close(self) -> None:
        """Free the network; may be called twice."""


@runtime_checkable
class LooksAround(Protocol):
    """A detector that follows one person, and can be asked about others."""

    def look_around(self, frame: Frame) -> int:
        """How many people other than the followed ones are found in the frame that was detected last.
        No later answer is changed by it."""


class Tracker(Protocol):
    """All people in a frame → the keypoints of those that are followed, each with its identity
    in `person`: a number that stays the same from frame to frame."""

    def __call__(self, people: Sequence[DetectedPerson], frame: Frame) -> Sequence[Pose2D]:
        """Call once for every frame, in order."""


class Bridge(Protocol):
    """A person's keypoints in a frame → finite ones, perhaps a repetition over a
    short gap (`bridged`), or None where nobody is there."""

    def __call__(self, pose: Pose2D | None, frame: Frame) -> Pose2D | None:
        """Call once for every frame, in order."""


class Lifter(Protocol):
    """Window of 2D poses in the skeleton `keypoints` → joints (J, 3) of `skeleton`, metres,
    relative to its root, camera axes (x right, y down, z forward).  They are those of the pose
    `lookahead` before the newest: 0 for live use, more for a network that sees the future.
    One that answers `by_clips` evaluates the whole window now and then, and nothing in between.
    Until the window is full, the oldest pose in it stands for those that are missing.  They are those of a
    person of `height_m`, whoever is in the picture; None for a network that guesses how tall people are."""

    name: str
    keypoints: Skeleton
    skeleton: Skeleton
    window_length: int
    lookahead: int
    by_clips: bool
    height_m: float | None

    def __call__(self, window: PoseWindow) -> Array | None:
        """Call after each push; the window is not changed.  None while the first poses wait
        for their future."""

    def flush(self) -> Iterator[Array]:
        """Joints of the poses that still wait, in order; the next pose begins anew."""


class Sink(Protocol):
    """Takes every estimate, in order, without holding the loop up."""

    def __call__(self, estimate: Estimate) -> None:
        """Take one; faults of the outside are noted, not raised."""

    def close(self) -> None:
        """Close everything; may be called twice."""


def all_frames(source: Source, wait_s: float = 1.0) -> Iterator[Frame]:
    """Every frame until the source ends; `wait_s` is how long one read waits at most."""
    while True:
        try:
            frame = source.read(wait_s)
        except EndOfSource:
            return
        if frame is not None:
            yield frame
