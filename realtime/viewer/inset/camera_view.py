"""The newest preview of a subscriber as what to draw.  Pure but for the subscriber: the caller passes the time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ... import pose
from ...errors import MessageError
from ...pose import Image
from ...runtime.hints import command
from ...skeleton import SKELETONS, Skeleton
from ...wire.preview import PreviewMessage
from ...wire.subscriber import PoseSubscriber
from ..live_view import GONE_S, STALE_S
from ..view import Floats

_MOST_OUTSIDE = 1.0  # of the picture's side; points farther out are not drawn


@dataclass(frozen=True, eq=False)
class CameraView:
    """`picture` (H, W, 3) RGB; keypoints `xy` (K, 2), in 0..1 over the picture from its top left, and
    their `score` (K,), which is 0 for what cannot be drawn; `skeleton` is None where there are none."""

    picture: Image
    xy: Floats
    score: Floats
    skeleton: Skeleton | None


class CameraFeed:
    """What the camera sees, by the previews of a subscriber with `preview=True`."""

    def __init__(self, subscriber: PoseSubscriber, *, shown: bool = True) -> None:
        self.is_dim = False  # the picture is old
        self._subscriber = subscriber
        self._newest: PreviewMessage | None = None
        self._view: CameraView | None = None
        self._received_s = -np.inf
        self._shown = shown
        if not shown:
            subscriber.ask_for_previews(False)

    def toggle(self) -> None:
        """Show the picture, or no longer; the publisher makes none that nobody shows."""
        self._shown = not self._shown
        self._subscriber.ask_for_previews(self._shown)

    @property
    def note(self) -> str:
        """Why there is no picture, '' where there is one or none is wanted."""
        if not self._shown or self._view is not None:
            return ""
        return f"no camera picture comes: start {command('run')} with --preview on"

    def is_awaited(self, now_s: float) -> bool:
        """Whether a picture is wanted and none has come yet."""
        return self._shown and self.view(now_s) is None

    def view(self, now_s: float) -> CameraView | None:
        """What to draw now; None where the picture is hidden, or too old to be of use."""
        newest = self._subscriber.preview
        if newest is not None and newest is not self._newest:
            self._view, self._received_s = _camera_view(newest), now_s
        self._newest = newest
        age_s = now_s - self._received_s
        self.is_dim = age_s > STALE_S
        if not self._shown or (age_s > GONE_S and not self._camera_is_lost()):
            self._view = None
        return self._view

    def _camera_is_lost(self) -> bool:
        """The publisher goes on without a camera: its last picture is still the newest."""
        status = self._subscriber.status
        lost = status is not None and status.reason in (pose.STALE_CAMERA, pose.RECONNECTING)
        return lost and self._subscriber.silent_s < GONE_S


def _camera_view(message: PreviewMessage) -> CameraView | None:
    """None for a picture that cannot be decoded."""
    try:
        picture = message.picture()
    except MessageError:
        return None
    skeleton = SKELETONS.get(message.keypoints_skeleton)
    if skeleton is None or len(skeleton) != len(message.keypoints_px):
        return CameraView(picture, np.empty((0, 2)), np.empty(0), None)
    xy = message.keypoints_px / np.array(message.image_wh, float)
    inside = (np.abs(xy - 0.5) < 0.5 + _MOST_OUTSIDE).all(1)
    return CameraView(picture, xy, np.where(inside, np.clip(message.keypoints_score, 0, 1), 0.0), skeleton)
