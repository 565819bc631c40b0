"""A stream of messages as views to draw.  Pure: the caller passes the time."""

from __future__ import annotations

from collections import deque
from dataclasses import replace

import numpy as np

from .. import pose
from ..runtime.text import counted
from ..runtime.timing import Rate
from ..skeleton import SKELETONS
from ..smoothing import OneEuro
from ..wire.message import PoseMessage, StatusMessage
from .figure import answered
from .figure.answered import split_feet
from .figure.seen_feet import Keypoints, SeenFeet
from .floor import Floor
from .room_view import RoomView
from .view import Floats, View, can_be_drawn

STALE_S = 1.0  # longer than the frame interval of the slowest usable detector
GONE_S = 5.0
TEXT_INTERVAL_S = 0.5  # numbers that change faster are unreadable
MAX_LAG_MS = 60_000  # a longer or negative lag means unsynchronised clocks
MAX_ROOT_M = 10_000  # a person farther away is not seen
TRAVEL_M = 1.5  # beyond this distance from the origin, the floor is re-centred on the person

HEADLINES = {
    pose.NO_PERSON: "no person",
    pose.STALE_CAMERA: "camera stalled",
    pose.RECONNECTING: "camera reconnecting",
    pose.STAGE_STALLED: "publisher stalled",
    pose.STAGE_FAILED: "publisher failing",
}


class LiveView:
    """The newest message as a `View`.  Not thread-safe."""

    def __init__(self, address: str, travel: bool = False) -> None:
        self._address = address
        self._floor, self._room = Floor(), RoomView()
        self._feet = SeenFeet()
        self._travel = Travel() if travel else None
        self._rate = Rate(span_s=1.0)
        self._lags_ms: deque[float] = deque(maxlen=30)
        self._message: PoseMessage | None = None
        self._pose = View()
        self._received_s = -np.inf
        self._numbers, self._numbers_due_s = "", -np.inf

    def receive(self, message: PoseMessage, now_s: float, now_unix_ns: int) -> None:
        """Add a message received now (`now_s` on any monotonic clock)."""
        if self._message is None or message.person != self._message.person:
            self._floor.reset()
            self._room.reset()
            self._feet.reset()
        self._message, self._received_s = message, now_s
        self._rate.tick(now_s)
        self._lags_ms.append((now_unix_ns - message.t_unix_ns) / 1e6)
        self._pose = self._view_of(message)

    def _view_of(self, message: PoseMessage) -> View:
        t_s = message.t_capture_ns / 1e9
        points = self._on_floor(message) if message.valid else None
        if points is None:
            return View(t_s=t_s)
        joints, own_feet = split_feet(points)
        feet = self._feet(joints, seen_keypoints(message), t_s) if own_feet is None else own_feet
        return View(joints, feet=feet, own_feet=own_feet is not None, t_s=t_s)

    def _on_floor(self, message: PoseMessage) -> Floats | None:
        points = drawable(message)
        if points is None:
            return None
        if message.place == pose.ROOM:
            return self._room(points)
        standing = self._floor(points, message.t_capture_ns / 1e9)
        if self._travel is not None and message.root_m is not None and np.abs(message.root_m).max() < MAX_ROOT_M:
            standing[:, :2] += self._travel(message.root_m, message.t_capture_ns / 1e9)
        return standing

    @property
    def has_pose(self) -> bool:
        """Whether the newest message contains a pose that can be drawn."""
        return self._pose.joints is not None

    def view(self, now_s: float, status: StatusMessage | None = None, silent_s: float = np.inf) -> View:
        """The view to draw now.  `status` is the publisher's newest status message, `silent_s`
        the time since any message from it."""
        age_s = now_s - self._received_s
        if self._message is None or age_s > GONE_S:
            return View(headline=self._waiting(status, silent_s))
        if age_s > STALE_S:
            lost = HEADLINES.get(status.reason) if status and silent_s < GONE_S else None
            return replace(self._pose, headline=lost or f"stale ({age_s:.1f} s)", dim=True)
        headline, details = self._headline(self._message), self._details(self._message, now_s)
        return replace(self._pose, headline=headline, details=details)

    def _waiting(self, status: StatusMessage | None, silent_s: float) -> str:
        if silent_s > GONE_S:
            return f"waiting for publisher at {self._address}"
        return (HEADLINES.get(status.reason) if status else None) or "waiting for the first pose"

    def _headline(self, message: PoseMessage) -> str:
        if not message.valid:
            return HEADLINES.get(message.reason, message.reason.replace("_", " "))
        return "" if self.has_pose else f"cannot draw this pose of skeleton {message.skeleton!r}"

    def _details(self, message: PoseMessage, now_s: float) -> str:
        if now_s >= self._numbers_due_s:
            self._numbers_due_s = now_s + TEXT_INTERVAL_S
            lag_ms = float(np.median(self._lags_ms))
            rate_hz = self._rate.at(now_s)
            numbers = [f"{rate_hz:.0f} fps"] if rate_hz else []  # one message has no rate
            numbers += [f"{lag_ms:.0f} ms"] if 0 <= lag_ms < MAX_LAG_MS else []
            numbers += [f"{counted(message.delay_frames, 'frame')} late"] if message.delay_frames else []
            numbers += [f"height {message.height_m:.2f} m"] if message.height_m is not None else []
            self._numbers = "   ".join(numbers)
        note = ""
        if message.reason == pose.WARMING_UP:
            note = f"\nwindow warming up {message.window.have}/{message.window.want}"
        elif message.reason == pose.BRIDGED:
            note = "\nperson temporarily lost"
        return self._numbers + note


class Travel:
    """A person's position on the floor, relative to where they were first seen."""

    def __init__(self) -> None:
        self._smooth = OneEuro(min_cutoff_hz=1.0, beta=2.0)
        self._origin: Floats | None = None

    def __call__(self, root_m: Floats, t_s: float) -> Floats:
        """Pelvis (3,) m in camera-centred coordinates → its position (2,) m on the floor."""
        here = self._smooth(np.asarray(root_m, np.float32), t_s)[:2]
        if self._origin is None or np.abs(here - self._origin).max() > TRAVEL_M:
            self._origin = here
        place: Floats = here - self._origin
        return place


def seen_keypoints(message: PoseMessage) -> Keypoints | None:
    """The keypoints of a message, None without them.  A foot's score is its ankle's: keypoints are
    published without their own."""
    skeleton, joints = SKELETONS.get(message.keypoints_skeleton), SKELETONS[message.skeleton]
    if skeleton is None or len(skeleton) != len(message.keypoints_px):
        return None
    trust = message.score[joints.indices(("left_ankle", "right_ankle"))]
    return Keypoints(message.keypoints_px, skeleton, trust, message.image_wh, message.root_m)


def drawable(message: PoseMessage) -> Floats | None:
    """The points that are drawn (17 or 21, 3) m, or None if the skeleton does not tell them, or one is absurdly far."""
    skeleton = SKELETONS.get(message.skeleton)
    if skeleton is None or len(skeleton) != len(message.joints) or not answered.can_be_drawn(skeleton):
        return None
    return answered.answered_points(message.joints, skeleton) if can_be_drawn(message.joints) else None
