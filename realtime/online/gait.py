"""`--analyze gait`: steps, cadence and feet on the ground, from keypoints that are lifted a second time, by a network
for the joints of a runner.  The poses that are published and recorded are not touched."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

from ..analysis.gait.live import LiveGait
from ..analysis.gait.result import FootEvent
from ..estimation.build import runner_chain
from ..estimation.person import PersonChain
from ..pose import NO_PERSON, RECONNECTING, STALE_CAMERA, Detection, Estimate, Pose3D
from ..runtime.text import Field
from ..settings import Settings
from ..stages import Detector
from ..wire.analyses.gait import Asymmetry, Feet, GaitEvent, GaitMessage, Sides
from ..wire.message import StatusMessage

_EVERY_S = 1.0
_NOBODY = {
    NO_PERSON: "nobody is in view",
    STALE_CAMERA: "the camera has stopped",
    RECONNECTING: "the camera is disconnected",
}

Publish = Callable[[GaitMessage], None]


def open_gait(settings: Settings, detector: Detector, publish: Publish) -> GaitSink:
    """The sink, with its network.  Raises WeightsError where there is none."""
    return GaitSink(runner_chain(settings, detector), publish)


class GaitSink:
    """A sink that publishes the gait of the person who is followed: with every event, with every change of the kind
    of gait or of the person, and once a second."""

    def __init__(self, chain: PersonChain, publish: Publish) -> None:
        self.fault = ""
        self._chain, self._publish = chain, publish
        self._gait = LiveGait()
        self._person: int | None = None  # the newest one that was followed
        self._events = 0  # so far
        self._told: tuple[str, int | None] = "", None  # kind and person of the newest message
        self._due_s = -math.inf

    def __call__(self, estimate: Estimate) -> None:
        """Take an estimate, and publish what is new."""
        t_s, person = estimate.pose.t_capture_ns / 1e9, estimate.person
        if person is not None and person != self._person:
            self._person = person
            self._gait.reset()
        pose = self._lifted(estimate)
        found = self._gait.push(pose) if pose is not None else self._gait.miss(t_s)
        told = self._gait.state.kind, person
        if found or told != self._told or not 0 < self._due_s - t_s <= _EVERY_S:
            self._told, self._due_s = told, t_s + _EVERY_S
            self._publish(self._message(estimate, found))

    def _lifted(self, estimate: Estimate) -> Pose3D | None:
        """The pose of a runner; None where nobody is there.  The chain tells by itself whether the motion goes on
        after a gap."""
        keypoints, frame = estimate.keypoints, estimate.frame
        if keypoints is None or frame is None:
            return None
        detection = Detection(frame, [keypoints], estimate.detect_ms, estimate.lag_start_ns)
        pose = self._chain.push(keypoints, detection)[-1].pose
        return pose if pose.usable else None

    def _message(self, estimate: Estimate, found: list[FootEvent]) -> GaitMessage:
        state, pose = self._gait.state, estimate.pose
        figures = state.figures
        return GaitMessage(
            frame=pose.index,
            t_capture_ns=pose.t_capture_ns,
            t_unix_ns=pose.t_unix_ns,
            person=estimate.person,
            kind=state.kind,
            why=_NOBODY.get(pose.reason, state.why),
            contact=Feet(**state.contact),
            events=tuple(self._event(estimate, event) for event in found),
            steps=figures.steps,
            steps_per_min=figures.steps_per_min,
            strides_per_min=figures.strides_per_min,
            contact_time_s=Sides(**figures.contact_time_s),
            flight_time_s=figures.flight_time_s,
            double_support_time_s=figures.double_support_time_s,
            duty_factor=figures.duty_factor,
            symmetry_index_percent=Asymmetry(figures.step_time_symmetry_percent, figures.contact_time_symmetry_percent),
        )

    def _event(self, estimate: Estimate, event: FootEvent) -> GaitEvent:
        pose = estimate.pose
        t_ns = round(event.t_s * 1e9)
        # On the clock of the frames, which in a recording is the film's.
        known_ns = pose.t_capture_ns + time.monotonic_ns() - estimate.lag_start_ns
        self._events += 1
        return GaitEvent(
            number=self._events,
            side=event.side,
            kind=event.kind,
            t_ns=t_ns,
            t_unix_ns=pose.t_unix_ns + t_ns - pose.t_capture_ns,
            t_known_ns=known_ns,
            delay_ms=(known_ns - t_ns) / 1e6,
            method=event.method,
            low=event.low,
        )

    def report(self, status: StatusMessage) -> None:
        """Nothing to tell once a second: messages come by themselves."""

    def status_words(self) -> Field:
        """Cadence, or the kind of gait where there is none yet."""
        state = self._gait.state
        if state.figures.steps_per_min is None:
            return Field(f"gait {state.kind}")
        cadence = f"{state.figures.steps_per_min:.0f}"
        return Field(f"gait {cadence} steps/min", f"{cadence} steps/min")

    def status_fields(self) -> dict[str, Any]:
        """None: gait has messages of its own."""
        return {}

    def close(self) -> None:
        """Nothing is open."""
