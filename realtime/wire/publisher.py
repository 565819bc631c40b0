"""Publishes poses on a ZeroMQ socket, one message per pose (message.py)."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ..camera import DEFAULT_FOV_DEG
from ..errors import MessageError
from ..pose import AXES, NOT_FINITE, Array, Estimate, Frame, Pose2D
from ..runtime.text import Field, counted
from ..skeleton import Skeleton
from .bind import is_local
from .field_types import MAX_TEXT
from .message import (
    DEFAULT_ADDRESS,
    AnalysisMessage,
    Lag,
    Message,
    PoseMessage,
    SchemaMessage,
    StatusMessage,
    Window,
    encode,
)
from .preview import encode_preview
from .preview_pictures import PreviewPictures, preview_of
from .relay import BindOptions, SocketProcess

_log = logging.getLogger(__name__)

_SCHEMA_EVERY_S = 2.0
_WARN_EVERY_S = 60.0

_NO_PIXELS = np.empty((0, 2), np.float32)
_NO_JOINTS = np.empty((0, 3), np.float32)


class Publisher:
    """A sink that publishes every estimate, also those without a person (`valid` False).

    Readers cannot make it block or raise: a slow or frozen one loses messages, and the socket is in
    a process of its own (`process`, by default a new one, which is closed with this sink).  NaN and
    infinity are never sent: a pose that contains one is published as invalid with reason
    `not_finite` (so that a robot knows at once), keypoints or a root that contain one are
    left out; `not_finite` counts all of them.  A message that is invalid in another way is
    not sent: `unsendable` counts these, and the reason is logged at most once a minute.
    `delay_frames` and `height_m` are those of the whole stream, see SchemaMessage.
    With `pictures` the camera's picture follows (preview.py), while somebody subscribes to it.
    `seq` is the number of the last pose sent, from 1; `subscribers` the number of current
    subscriptions to poses; `address` the bound address (a port given as * is filled in).

    Poses, analyses and the status may come from different threads, the status once a second; create and
    close it in one.  Raises PublishError in one line.
    """

    def __init__(
        self,
        address: str = DEFAULT_ADDRESS,
        *,
        source: str,
        skeleton: Skeleton,
        model: str,
        session: str | None = None,
        axes: str = AXES,
        fov_deg: float = DEFAULT_FOV_DEG,
        delay_frames: int = 0,
        height_m: float | None = None,
        insecure: bool = False,
        curve_secret_file: str | Path | None = None,
        process: SocketProcess | None = None,
        pictures: PreviewPictures | None = None,
    ) -> None:
        self.fault = ""  # another program took the address while the socket's process was started again
        self.session = session or uuid.uuid4().hex
        self.seq = self.not_finite = self.unsendable = 0
        self._source, self._model = _printable(source), _printable(model)
        self._skeleton, self._axes, self._fov_deg = skeleton, axes, fov_deg
        self._delay_frames, self._height_m = delay_frames, height_m
        self._pictures = pictures
        self._schema = encode(self._schema_message())
        self._schema_due_s = time.monotonic() + _SCHEMA_EVERY_S
        self._unsendable_due_s = self._refused_due_s = 0.0
        self._refused_logged = 0
        self._lock = threading.Lock()
        secret_file = None if curve_secret_file is None else str(curve_secret_file)
        self._process = process or SocketProcess()
        try:
            self._process.bind(BindOptions(address, self._schema.decode(), secret_file, insecure))
        except BaseException:
            self._process.close()
            raise
        self.address = self._process.state.address
        if curve_secret_file is None and not is_local(self.address):
            _log.warning("anybody on the network can read the poses at %s: a --curve-key would stop that", self.address)

    @property
    def subscribers(self) -> int:
        """Connections that subscribe to poses, as of the last message."""
        return self._process.state.subscribers

    @property
    def previews(self) -> int:
        """Connections that subscribe to previews, as of the last message."""
        return self._process.state.previews

    @property
    def dropped(self) -> int:
        """Messages that the socket's process could not take in time."""
        return self._process.dropped

    @property
    def restarts(self) -> int:
        """How often the socket's process has ended and was started again."""
        return self._process.restarts

    @property
    def refused(self) -> int:
        """Connections refused so far."""
        return self._process.state.refused

    def __call__(self, estimate: Estimate) -> None:
        """Publish the estimate."""
        with self._lock:
            message = self._pose_message(estimate)
            self.seq += self._send(message)
            if self.previews and self._pictures is not None and estimate.frame is not None:
                self._send_preview(self._pictures, estimate.frame, estimate, message)

    def publish(self, analysis: AnalysisMessage) -> None:
        """Publish what was computed from the newest pose, after it; session, seq and time are filled in here."""
        with self._lock:
            self._send(replace(analysis, session=self.session, seq=self.seq, t_publish_ns=time.monotonic_ns()))

    def report(self, status: StatusMessage) -> None:
        """Publish a status message; session, counts and times are filled in here."""
        with self._lock:
            self.fault = self._process.state.fault
            self._send(self._completed(status))

    def status_words(self) -> Field:
        """For the status line."""
        return Field(counted(self.subscribers, "subscriber"), counted(self.subscribers, "sub"))

    def status_fields(self) -> dict[str, Any]:
        """Its share of a StatusMessage is filled in by `report`."""
        return {}

    def close(self) -> None:
        """Close the socket; may be called twice."""
        self._process.close()

    def _completed(self, status: StatusMessage) -> StatusMessage:
        return replace(
            status,
            detail=_printable(status.detail),
            fault=_printable(status.fault),
            session=self.session,
            seq=self.seq,
            source=self._source,
            subscribers=self.subscribers,
            not_finite=self.not_finite,
            t_unix_ns=time.time_ns(),
            t_publish_ns=time.monotonic_ns(),
        )

    def _send(self, message: Message) -> bool:
        """Send a message, and the schema when it is due.  False if the message is invalid."""
        now_s = time.monotonic()
        try:
            self._process.send(encode(message))
        except MessageError as fault:
            sent = False
            self._warn_unsendable(fault, now_s)
        else:
            sent = True
        if now_s >= self._schema_due_s:
            self._schema_due_s = now_s + _SCHEMA_EVERY_S
            self._process.send(self._schema)
        self._warn_refusals(now_s)
        return sent

    def _send_preview(self, pictures: PreviewPictures, frame: Frame, estimate: Estimate, pose: PoseMessage) -> None:
        """Send the picture of the frame that the pose is of, when the next picture is due."""
        jpeg = pictures(frame.image)
        if jpeg is not None:
            with suppress(MessageError):  # what cannot be sent of a pose has been told
                self._process.send_preview(encode_preview(preview_of(frame, estimate, pose, jpeg)))

    def _pose_message(self, estimate: Estimate) -> PoseMessage:
        pose, keypoints = estimate.pose, estimate.keypoints
        usable = pose.valid and self._finite(pose.xyz, pose.score)
        self.not_finite += pose.reason == NOT_FINITE  # held back before it came here
        root_m = pose.root_m if usable else None
        if root_m is not None and not self._finite(root_m):
            root_m = None
        now_ns = time.monotonic_ns()
        total_ms = (now_ns - estimate.lag_start_ns) / 1e6
        return PoseMessage(
            session=self.session,
            seq=self.seq + 1,
            source=self._source,
            frame=pose.index,
            t_capture_ns=pose.t_capture_ns,
            t_unix_ns=pose.t_unix_ns,
            t_publish_ns=now_ns,
            lag_ms=Lag(float(estimate.detect_ms), float(estimate.lift_ms), total_ms),
            skeleton=self._skeleton.name,
            unit="m",
            axes=self._axes,
            joints=pose.xyz if usable else _NO_JOINTS,
            score=pose.score if usable else _NO_JOINTS[:, 0],
            keypoints_px=self._pixels(keypoints),
            keypoints_skeleton=keypoints.skeleton.name if keypoints else "",
            image_wh=keypoints.size_wh if keypoints else (0, 0),
            root_m=root_m,
            fov_deg=self._fov_deg,
            camera_pitch_deg=estimate.pose.pitch_deg,
            valid=usable,
            reason=pose.reason if usable or not pose.valid else NOT_FINITE,
            window=Window(estimate.have, estimate.want),
            model=self._model,
            person=estimate.person,
            delay_frames=self._delay_frames,
            height_m=estimate.height_m,
            place=pose.place,
        )

    def _pixels(self, keypoints: Pose2D | None) -> Array:
        return keypoints.xy if keypoints is not None and self._finite(keypoints.xy) else _NO_PIXELS

    def _finite(self, *arrays: Array) -> bool:
        finite = all(np.isfinite(array).all() for array in arrays)
        self.not_finite += not finite
        return finite

    def _schema_message(self) -> SchemaMessage:
        skeleton = self._skeleton
        return SchemaMessage(
            session=self.session,
            source=self._source,
            model=self._model,
            skeleton=skeleton.name,
            joints=skeleton.joints,
            parents=skeleton.parents,
            left=skeleton.left,
            right=skeleton.right,
            unit="m",
            axes=self._axes,
            delay_frames=self._delay_frames,
            height_m=self._height_m,
        )

    def _warn_unsendable(self, fault: MessageError, now_s: float) -> None:
        self.unsendable += 1
        if now_s >= self._unsendable_due_s:
            self._unsendable_due_s = now_s + _WARN_EVERY_S
            _log.warning("%s (%d so far; the stream continues)", fault, self.unsendable)

    def _warn_refusals(self, now_s: float) -> None:
        if self.refused > self._refused_logged and now_s >= self._refused_due_s:
            self._refused_due_s, self._refused_logged = now_s + _WARN_EVERY_S, self.refused
            noun = "connection was" if self.refused == 1 else "connections were"
            _log.warning("%d %s refused at %s so far: wrong CURVE key, or not ZeroMQ", self.refused, noun, self.address)


def _printable(name: str) -> str:
    """Printable text of at most MAX_TEXT characters: names and faults may come from cameras and paths."""
    return "".join(c if c.isprintable() else "?" for c in name)[:MAX_TEXT]
