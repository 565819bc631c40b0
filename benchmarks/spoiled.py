"""Recordings that are spoiled in a known way, made from good ones.

A turn of the camera about its own centre moves every pixel by the homography K R K⁻¹, whatever is
in the picture: what it shows is what a tilted camera would have seen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from realtime.pose import Frame, Image

Floats = NDArray[np.float64]
_BACKGROUND = 128


@dataclass(frozen=True, eq=False)
class Recording:
    """Frames in memory; `focal_px` of their camera, whose centre is the picture's; `joints_px`
    (T, 17, 2) where they are known."""

    frames: Sequence[Frame]
    focal_px: float
    joints_px: Floats | None = None

    @property
    def size_wh(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.frames[0].size_wh

    def changed(self, change: Callable[[Image], Any], **fields: Any) -> Recording:
        """With another picture in each frame."""
        frames = [replace(frame, image=np.ascontiguousarray(change(frame.image))) for frame in self.frames]
        return replace(self, frames=frames, **fields)


Spoil = Callable[[Recording], Recording]


def small(height_px: float) -> Spoil:
    """In so few pixels that the person is `height_px` high."""

    def spoil(recording: Recording) -> Recording:
        zoom = height_px / _height_px(recording)
        return recording.changed(
            lambda image: cv2.resize(image, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA),
            focal_px=recording.focal_px * zoom,
        )

    return spoil


def mild(zoom: float, light: float = 2 / 3) -> Spoil:
    """Mirrored, smaller and darker."""
    return lambda recording: recording.changed(
        lambda image: np.clip(
            cv2.resize(image[:, ::-1], None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA) * light, 0, 255
        ).astype(np.uint8),
        focal_px=recording.focal_px * zoom,
        joints_px=None,
    )


def dark(light: float, noise: float = 3.0) -> Spoil:
    """With a share of the light, and the noise of a sensor in grey levels."""

    def spoil(recording: Recording) -> Recording:
        dice = np.random.default_rng(0)
        return recording.changed(
            lambda image: np.clip(image * light + dice.normal(0, noise, image.shape), 0, 255).astype(np.uint8)
        )

    return spoil


def blurred(share: float) -> Spoil:
    """Out of focus: a Gaussian whose deviation is a share of the person's height."""

    def spoil(recording: Recording) -> Recording:
        sigma = share * _height_px(recording)
        return recording.changed(lambda image: cv2.GaussianBlur(image, (0, 0), sigma))

    return spoil


def turned(*, roll_deg: float = 0.0, pitch_deg: float = 0.0) -> Spoil:
    """Seen by a camera that is turned about its axis, or looks down more by `pitch_deg`; the
    picture becomes as large as it must be to hold everything."""

    def spoil(recording: Recording) -> Recording:
        width, height = recording.size_wh
        turn = _turn(roll_deg, pitch_deg)
        corners = np.array([[0, 0, 1], [width, 0, 1], [0, height, 1], [width, height, 1]], np.float64)
        rays = (np.linalg.inv(_camera(recording.focal_px, recording.size_wh)) @ corners.T).T @ turn.T
        reach = np.abs(rays[:, :2] / rays[:, 2:]).max(0) * recording.focal_px
        size_wh = (int(2 * reach[0]), int(2 * reach[1]))
        matrix = (
            _camera(recording.focal_px, size_wh) @ turn @ np.linalg.inv(_camera(recording.focal_px, recording.size_wh))
        )
        return recording.changed(
            lambda image: cv2.warpPerspective(image, matrix, size_wh, borderValue=(_BACKGROUND,) * 3)
        )

    return spoil


def cut_off(joints: tuple[int, ...], below: float = 0.0) -> Spoil:
    """The picture ends where these joints are, on average, or `below` that by a share of the person's height."""

    def spoil(recording: Recording) -> Recording:
        assert recording.joints_px is not None
        row = round(float(recording.joints_px[:, joints, 1].mean()) + below * _height_px(recording))
        return recording.changed(lambda image: image[:row])

    return spoil


def every(nth: int) -> Spoil:
    """With so many frames fewer."""
    return lambda recording: replace(
        recording,
        frames=recording.frames[::nth],
        joints_px=None if recording.joints_px is None else recording.joints_px[::nth],
    )


def hidden(frames: int, of: int) -> Spoil:
    """For so many frames of every so many, nothing but grey is seen."""

    def spoil(recording: Recording) -> Recording:
        grey = np.full_like(recording.frames[0].image, _BACKGROUND)
        shown = [
            replace(frame, image=grey) if i % of >= of - frames else frame for i, frame in enumerate(recording.frames)
        ]
        return replace(recording, frames=shown)

    return spoil


def _height_px(recording: Recording) -> float:
    assert recording.joints_px is not None
    return float(np.median(np.ptp(recording.joints_px[..., 1], axis=1)))


def _camera(focal_px: float, size_wh: tuple[int, int]) -> Floats:
    width, height = size_wh
    return np.array([[focal_px, 0, width / 2], [0, focal_px, height / 2], [0, 0, 1]])


def _turn(roll_deg: float, pitch_deg: float) -> Floats:
    """Camera axes before → after: what is straight ahead moves up when the camera looks further down."""
    (cr, sr), (cp, sp) = ((np.cos(a), np.sin(a)) for a in np.radians([roll_deg, pitch_deg]))
    roll = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    pitch = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
    turn: Floats = roll @ pitch
    return turn
