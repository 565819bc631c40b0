"""A finished joints.npy and its playback clock.  NumPy only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError
from ..formats.joints_npy import kind_of, load_npy, place_of, read_about, skeleton_name, times_path, without_steps_back
from ..motion import FPS_LIMITS
from ..pose import ROOM
from ..skeleton import SKELETONS
from .figure import answered
from .figure.answered import answered_points, split_feet
from .floor import floor_heights
from .room_view import RoomView
from .view import FARTHEST_M, Floats, View, can_be_drawn

ASSUMED_HZ = 30.0  # without a joints_time.npy beside the file
HOLD_S = 0.5  # a pose is shown for at most this long if none follows


@dataclass(frozen=True, eq=False)
class Recording:
    """`joints` (T, 17 or 21, 3) m, the points of `figure.answered`, the root at the origin, z up; `t_s` (T,) seconds
    from the first frame, increasing; `floor_m` (T,) floor height; `timed` is False if the times are
    assumed."""

    joints: Floats
    t_s: NDArray[np.float64]
    floor_m: Floats
    timed: bool

    @property
    def duration_s(self) -> float:
        """Duration including the last frame's display time, s."""
        return float(self.t_s[-1]) + self._frame_s

    @property
    def _frame_s(self) -> float:
        steps = np.diff(self.t_s)
        return float(np.median(steps)) if len(steps) else 1 / ASSUMED_HZ

    def frame_at(self, t_s: float) -> int:
        """Index of the last frame at or before `t_s`; 0 before the first one."""
        # Half a microsecond of tolerance for rounding in sums of frame times.
        return max(0, int(np.searchsorted(self.t_s, t_s + 5e-7, side="right")) - 1)

    def view(self, t_s: float) -> View:
        """The view at time `t_s`."""
        frame = self.frame_at(t_s)
        points = self.joints[frame]
        if t_s - self.t_s[frame] > max(HOLD_S, 2 * self._frame_s) or not can_be_drawn(points):
            return View(headline="no person")
        joints, feet = split_feet(points - np.array([0.0, 0.0, self.floor_m[frame]]))
        return View(joints, feet=feet, own_feet=feet is not None, t_s=float(self.t_s[frame]))


def read_recording(path: Path) -> Recording:
    """Read a joints.npy, with joints_time.npy and joints.json from the same folder if present.

    Raises FormatError.
    """
    joints = load_npy(path)
    about = read_about(path.with_suffix(".json"))
    skeleton = SKELETONS.get(skeleton_name(about))
    if skeleton is None or not answered.can_be_drawn(skeleton):
        raise FormatError(f"{path} uses the skeleton {skeleton_name(about)!r:.40}, which cannot be drawn")
    count = len(skeleton)
    if joints.shape[1:] != (count, 3) or joints.dtype.kind != "f":
        wanted = f"float joints (T, {count}, 3) of {skeleton.name}"
        raise FormatError(f"{path} must contain {wanted}, not {kind_of(joints)}")
    if not len(joints):
        raise FormatError(f"{path} contains no frames yet")
    times = times_path(path)
    t_s = _times(times, len(joints)) if times.exists() else np.arange(len(joints)) / ASSUMED_HZ
    # While a run is still recording, one of the two files may be a row ahead.
    joints = joints[: len(t_s)]
    points = answered_points(joints, skeleton)
    if place_of(about, joints, skeleton) == ROOM:
        return Recording(_walked(points), t_s, np.zeros(len(points)), times.exists())
    rate_hz = float(np.clip((len(t_s) - 1) / t_s[-1], *FPS_LIMITS)) if t_s[-1] > 0 else ASSUMED_HZ
    return Recording(points, t_s, floor_heights(_filled(points), rate_hz), times.exists())


def _times(path: Path, frames: int) -> NDArray[np.float64]:
    """Seconds from the first frame, for at most `frames` frames."""
    times = load_npy(path)[:frames] if path.exists() else np.empty(0)
    if times.ndim != 1 or times.dtype.kind != "f" or not len(times) or not np.isfinite(times).all():
        raise FormatError(f"{path} must contain the frame times (T,) in seconds; remove it to play at 30 fps")
    return without_steps_back(times.astype(np.float64) - float(times[0]), path)


def _walked(points: Floats) -> Floats:
    """Points in a room (T, 17 or 21, 3) as the viewer shows them; those that cannot be drawn stay as they are."""
    show = RoomView()
    return np.array([show(pose) if np.isfinite(pose).all() else pose for pose in points])


def _filled(points: Floats) -> Floats:
    """The points with frames that cannot be drawn replaced by the last one that can."""
    whole = np.asarray(points, np.float32)
    good = (np.abs(whole) < FARTHEST_M).all((1, 2))
    if not good.any():
        return np.zeros_like(whole)
    last = np.maximum.accumulate(np.where(good, np.arange(len(whole)), np.argmax(good)))
    filled: Floats = whole[last]
    return filled


class Player:
    """Playback position, speed and pause of a recording."""

    SPEEDS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)

    def __init__(self, recording: Recording, speed: float = 1.0, t_s: float = 0.0) -> None:
        self.recording = recording
        self.speed = speed
        self.playing = True
        self.t_s = 0.0
        self.seek(t_s)

    @property
    def at_end(self) -> bool:
        """Whether playback has reached the end."""
        return self.t_s >= self.recording.duration_s

    def view(self) -> View:
        """The view at the current position."""
        view = self.recording.view(self.t_s)
        notes = [] if self.speed == 1 else [f"speed × {self.speed:g}"]
        notes += [] if self.recording.timed else [f"no times recorded: {ASSUMED_HZ:g} fps assumed"]
        return replace(view, details="\n".join(notes))

    def advance(self, dt_s: float) -> None:
        """Advance the position by `dt_s` of wall-clock time; playback stops at the end."""
        if self.playing:
            self.seek(self.t_s + self.speed * dt_s)
            self.playing = not self.at_end

    def seek(self, t_s: float) -> None:
        """Go to time `t_s`, clamped to the recording."""
        self.t_s = min(max(0.0, t_s), self.recording.duration_s)

    def step(self, frames: int) -> None:
        """Pause and move by `frames` (backwards if negative)."""
        self.playing = False
        frame = self.recording.frame_at(min(self.t_s, float(self.recording.t_s[-1]))) + frames
        self.seek(float(self.recording.t_s[min(max(0, frame), len(self.recording.t_s) - 1)]))

    def toggle(self) -> None:
        """Toggle playback; at the end, restart from the beginning."""
        if self.at_end:
            self.t_s = 0.0
        self.playing = not self.playing

    def change_speed(self, faster: bool) -> None:
        """Switch to the next faster or slower speed of `SPEEDS`."""
        others = [s for s in self.SPEEDS if (s > self.speed if faster else s < self.speed)]
        if others:
            self.speed = others[0] if faster else others[-1]
