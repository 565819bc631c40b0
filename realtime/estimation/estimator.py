"""Frame → estimates: the detector, the tracker, and a chain of stages for each person.

The same for a camera and for a file; it opens nothing and knows no socket.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from ..pose import DetectedPerson, Detection, Estimate, Frame, Pose2D
from ..skeleton import Skeleton
from ..stages import Detector, Tracker
from ..tracking.tracker import open_tracker
from .camera_level import CameraLevel
from .person import PersonChain
from .surroundings import Surroundings


class Estimator:
    """`detector` finds all people, `track` assigns identities, and each of the `chains` takes one
    person from keypoints to joints; frames come in order.

    `detect` (detector and tracker) is the slow half, `estimate` (the chains) the other one.  They
    share no state, so each may have a thread of its own: the next frame is detected while this
    one is lifted.  As many
    people are followed as there are chains; a frame without a person gives one estimate.
    """

    def __init__(self, detector: Detector, *chains: PersonChain, track: Tracker | None = None) -> None:
        self.detector = detector
        self.chains = chains
        self.track = track or open_tracker(detector)
        self._surroundings = Surroundings(detector)
        self._newest: tuple[Sequence[DetectedPerson], Sequence[Pose2D], Frame] | None = None
        self._seen: tuple[int | None, float | None] = None, None
        self._first = chains[0]

    @property
    def delay(self) -> int:
        """How many frames late a frame is answered for."""
        return self._first.delay

    @property
    def height_m(self) -> float | None:
        """How tall whoever is followed was said to be, None if nobody said."""
        return self._first.height_m

    @property
    def skeleton(self) -> Skeleton:
        """Of the joints."""
        return self._first.lift.skeleton

    @property
    def model(self) -> str:
        """The network's name, as published."""
        return self._first.lift.name

    @property
    def fov_deg(self) -> float:
        """The camera's field of view that is assumed, over the long side of the picture."""
        return self._first.intrinsics.fov_deg

    @property
    def level(self) -> CameraLevel:
        """How far the camera is taken to look down."""
        return self._first.level

    @property
    def place(self) -> str:
        """Where the origin of joints is."""
        return self._first.place

    @property
    def have(self) -> int:
        """2D poses in the ring buffer."""
        return self._first.window.have

    @property
    def want(self) -> int:
        """2D poses in a full ring buffer."""
        return self._first.window.length

    def __call__(self, frame: Frame) -> list[Estimate]:
        """Both halves, one after the other."""
        return self.estimate(self.detect(frame))

    def detect(self, frame: Frame, *, look: bool = True) -> Detection:
        """The people in the frame that are followed, with the time that it took to find them.

        With `look` False call `look` once the detection is on its way: now and then a look takes as long
        as a detection.  What it sees is told with the next frame then.
        """
        start_ns = time.monotonic_ns()
        people = self.detector(frame)
        tracked = self.track(people, frame)
        self._newest = people, tracked, frame
        if look:
            self.look()
        (in_view, light), self._seen = self._seen, (None, None)
        detect_ms = (time.monotonic_ns() - start_ns) / 1e6
        lag_start_ns = start_ns if frame.recorded else frame.t_capture_ns
        return Detection(frame, tracked, detect_ms, lag_start_ns, in_view, light)

    def look(self) -> None:
        """Look where it is due who else is in the newest frame, and how bright it is."""
        if self._newest is not None:
            self._seen = self._surroundings(*self._newest)

    def estimate(self, detection: Detection) -> list[Estimate]:
        """The estimates that are due after this frame, in order: without a delay one for each
        person, or one without a person."""
        tracked = {pose.person: pose for pose in detection.tracked}
        self._assign(tracked)
        due: list[Estimate] = []
        for chain in self.chains:
            keypoints = None if chain.person is None else tracked.get(chain.person)
            if chain is self._first or chain.person is not None:
                due += chain.push(keypoints, detection)
        return due

    def finish(self) -> list[Estimate]:
        """The estimates that still wait for future frames; call after the last frame."""
        return [estimate for chain in self.chains for estimate in chain.finish()]

    def reset(self) -> None:
        """Forget the motions, and what waits in them: after `estimate` or `finish` has raised."""
        for chain in self.chains:
            chain.reset()

    def run(self, frames: Iterable[Frame], keep: Callable[[Frame], Frame] | None = None) -> Iterator[Estimate]:
        """The estimates of a whole recording; `keep`: what is kept of each frame once it is detected, since
        with a network that sees the future many frames wait."""
        for frame in frames:
            detection = self.detect(frame)
            yield from self.estimate(replace(detection, frame=keep(frame)) if keep else detection)
        yield from self.finish()

    def _assign(self, tracked: dict[int, Pose2D]) -> None:
        """Give each new identity a chain whose person is not in the frame."""
        followed = {chain.person for chain in self.chains}
        free = (chain for chain in self.chains if chain.person not in tracked)
        for person, chain in zip((person for person in tracked if person not in followed), free, strict=False):
            chain.person = person
