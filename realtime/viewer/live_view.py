"""What a stream of messages means for the eye.  Pure: the time is handed in."""

from __future__ import annotations

from collections import deque

import numpy as np

from .. import pose
from ..runtime.timing import Rate
from ..skeleton import H36M17, SKELETONS
from ..smoothing import OneEuro
from ..wire.message import PoseMessage, StatusMessage
from .floor import Floor
from .view import Floats, View

STALE_S = 1.0  # slower than the slowest detector that is of use
GONE_S = 5.0
WORDS_EVERY_S = 0.5  # numbers that change faster cannot be read
CLOCK_APART_MS = 60_000  # a longer lag, or a negative one, is a clock that is not ours
TRAVEL_M = 1.5  # farther from where the person was first seen, the floor is moved on

HEADLINES = {
    pose.NO_PERSON: "no person",
    pose.STALE_CAMERA: "camera stalled",
    pose.RECONNECTING: "camera reconnecting",
}


class LiveView:
    """The newest message as a `View`.  One thread."""

    def __init__(self, address: str, travel: bool = False) -> None:
        self._address = address
        self._floor = Floor()
        self._travel = Travel() if travel else None
        self._rate = Rate(span_s=1.0)
        self._lags_ms: deque[float] = deque(maxlen=30)
        self._message: PoseMessage | None = None
        self._joints: Floats | None = None
        self._heard_s = -np.inf
        self._numbers, self._numbers_due_s = "", -np.inf

    def hear(self, message: PoseMessage, now_s: float, now_unix_ns: int) -> None:
        """Take a message that came now (`now_s` on any steady clock)."""
        if self._message is None or message.person != self._message.person:
            self._floor.reset()
        self._message, self._heard_s = message, now_s
        self._rate.tick(now_s)
        self._lags_ms.append((now_unix_ns - message.t_unix_ns) / 1e6)
        self._joints = self._stand(message) if message.valid else None

    def _stand(self, message: PoseMessage) -> Floats | None:
        joints = drawable(message)
        if joints is None:
            return None
        standing = self._floor(joints, message.t_capture_ns / 1e9)
        if self._travel is not None and message.root_m is not None:
            standing[:, :2] += self._travel(message.root_m, message.t_capture_ns / 1e9)
        return standing

    @property
    def has_pose(self) -> bool:
        """Whether the newest message shows somebody."""
        return self._joints is not None

    def view(self, now_s: float, status: StatusMessage | None = None, silent_s: float = np.inf) -> View:
        """What to show now.  `status` is the publisher's newest word, `silent_s` how long
        nothing at all was heard of it."""
        age_s = now_s - self._heard_s
        if self._message is None or age_s > GONE_S:
            return View(headline=self._waiting(status, silent_s))
        if age_s > STALE_S:
            lost = HEADLINES.get(status.reason) if status and silent_s < GONE_S else None
            return View(self._joints, headline=lost or f"stale ({age_s:.1f} s)", dim=True)
        return View(self._joints, self._headline(self._message), self._details(self._message, now_s))

    def _waiting(self, status: StatusMessage | None, silent_s: float) -> str:
        if silent_s > GONE_S:
            return f"waiting for publisher at {self._address}"
        return (HEADLINES.get(status.reason) if status else None) or "waiting for the first pose"

    def _headline(self, message: PoseMessage) -> str:
        if not message.valid:
            return HEADLINES.get(message.reason, message.reason.replace("_", " "))
        return "" if self.has_pose else f"cannot draw a skeleton {message.skeleton!r}"

    def _details(self, message: PoseMessage, now_s: float) -> str:
        if now_s >= self._numbers_due_s:
            self._numbers_due_s = now_s + WORDS_EVERY_S
            lag_ms = float(np.median(self._lags_ms))
            rate_hz = self._rate.at(now_s)
            numbers = [f"{rate_hz:.0f} fps"] if rate_hz else []  # of one message there is no rate
            numbers += [f"{lag_ms:.0f} ms"] if 0 <= lag_ms < CLOCK_APART_MS else []
            self._numbers = "   ".join(numbers)
        note = ""
        if message.reason == pose.WARMING_UP:
            note = f"\nwindow warming up {message.window.have}/{message.window.want}"
        elif message.reason == pose.BRIDGED:
            note = "\nperson lost from sight"
        return self._numbers + note


class Travel:
    """Where a person walks on the floor, from where they were first seen."""

    def __init__(self) -> None:
        self._smooth = OneEuro(min_cutoff_hz=1.0, beta=2.0)
        self._home: Floats | None = None

    def __call__(self, root_m: Floats, t_s: float) -> Floats:
        """The pelvis (3,) with the camera at the origin → its place (2,) on the floor."""
        here = self._smooth(np.asarray(root_m, np.float32), t_s)[:2]
        if self._home is None or np.abs(here - self._home).max() > TRAVEL_M:
            self._home = here
        place: Floats = here - self._home
        return place


def drawable(message: PoseMessage) -> Floats | None:
    """The 17 joints that are drawn, by name, or None if the skeleton has not all of them."""
    skeleton = SKELETONS.get(message.skeleton)
    if skeleton is None or len(skeleton) != len(message.joints):
        return None
    if not set(H36M17.joints) <= set(skeleton.joints):
        return None
    joints: Floats = message.joints[skeleton.indices(H36M17.joints)]
    return joints
