"""Receives the published poses.

>>> with PoseSubscriber() as poses:          # doctest: +SKIP
...     for pose in poses:
...         print(pose.seq, pose.joints[16])

Needs only pyzmq and NumPy.  It may start before the publisher, and reconnects when the
publisher restarts.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import zmq
import zmq.auth

from ..errors import MessageError, UsageError
from .message import DEFAULT_ADDRESS, MAX_BYTES, Message, PoseMessage, SchemaMessage, StatusMessage, decode
from .preview import PreviewMessage, decode_preview, is_preview
from .topics import MAX_PREVIEW_BYTES, POSE3D, PREVIEW, TOPICS, head

_POSES = POSE3D.encode()
_TOPICS = frozenset(topic.encode() for topic in (*TOPICS, PREVIEW))
_OPTIONS = {
    zmq.LINGER: 0,
    zmq.RECONNECT_IVL: 100,  # ms; reconnects to a restarted publisher within 0.2 s
    zmq.HEARTBEAT_IVL: 1000,  # ms; together with the next one, detects a pulled cable
    zmq.HEARTBEAT_TIMEOUT: 3000,
}
# After a message that is too long, libzmq disconnects from an address for good.  A publisher
# sends a status every second, so after this silence reconnecting loses nothing.
_SILENCE_S = 3.0
_WAIT_SLICE_MS = 200  # a wait is cut into slices so that Ctrl-C works on Windows too
_DRAIN_S = 0.005  # time for messages that wait, so that a flooding publisher cannot block the caller
# Messages that wait to be read, at most 64 kB each: libzmq leaves what comes then to the publisher.
_QUEUE_NEWEST, _QUEUE_ALL = 100, 1000


class PoseSubscriber:
    """Poses from a publisher.

    `newest=True` returns only the newest pose that has arrived, to act on, and reads of the others
    no more than their topic; False returns every pose in order, to record.  Iteration ends when
    no pose has arrived for `timeout_s` (None: never).  `curve_server_file` is the public key file
    of a publisher that has a CURVE key.  With `preview=True` the camera's picture comes too, about
    15 a second, where the publisher sends it: `preview` is the newest, `preview.picture()` its
    pixels (H, W, 3) uint8 RGB, `preview.keypoints_px` what was found in it.

    Counters: `lost` poses by gaps in `seq`, `skipped` poses that a newer one replaced,
    `malformed` frames, `restarts` of the publisher.  `session`, `status` and `schema` are
    the newest received.  Not thread-safe; there is no background thread, so poll about once
    a second or more often.

    Raises UsageError if the address or the key file is not valid.
    """

    def __init__(
        self,
        address: str = DEFAULT_ADDRESS,
        *,
        newest: bool = True,
        timeout_s: float | None = None,
        curve_server_file: str | Path | None = None,
        preview: bool = False,
    ) -> None:
        self.address = address
        self.newest = newest
        self.timeout_s = timeout_s
        self.status: StatusMessage | None = None
        self.schema: SchemaMessage | None = None
        self.preview: PreviewMessage | None = None
        self.session: str | None = None
        self.lost = self.skipped = self.malformed = self.restarts = 0
        self.last_fault = ""  # of the newest malformed frame, in one line
        self._seq: int | None = None
        self._received_s = -math.inf
        max_bytes = MAX_PREVIEW_BYTES if preview else MAX_BYTES
        self._socket = _connect(address, curve_server_file, _QUEUE_NEWEST if newest else _QUEUE_ALL, max_bytes)
        if preview:
            self.ask_for_previews(True)
        self._connected_s = time.monotonic()

    def poll(self, timeout_s: float | None = 0.0) -> PoseMessage | None:
        """The newest (or next) pose, waiting at most `timeout_s` (None: for ever) for one.

        None if none arrived; also updates `status` and `schema`.  Returns in time, however much
        arrives: then with the newest of what could be read in a few milliseconds.
        """
        end_s = math.inf if timeout_s is None else time.monotonic() + timeout_s
        while True:
            pose = self._drain_newest() if self.newest else self._next()
            self._reconnect_if_silent()
            left_ms = (end_s - time.monotonic()) * 1000
            if pose is not None or left_ms <= 0:
                return pose
            self._socket.poll(math.ceil(min(left_ms, _WAIT_SLICE_MS)))

    def ask_for_previews(self, wanted: bool) -> None:
        """Go on with the camera's pictures, or without: the publisher makes them only for those who
        ask.  For a subscriber with `preview=True`, which asks from the start."""
        (self._socket.subscribe if wanted else self._socket.unsubscribe)(head(PREVIEW))
        self.preview = None

    def __iter__(self) -> Iterator[PoseMessage]:
        while (pose := self.poll(self.timeout_s)) is not None:
            yield pose

    @property
    def silent_s(self) -> float:
        """Seconds since the last valid message; infinite before the first."""
        return time.monotonic() - self._received_s

    def close(self) -> None:
        """Close the socket; may be called twice."""
        self._socket.close(linger=0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _reconnect_if_silent(self) -> None:
        now_s = time.monotonic()
        if now_s - max(self._received_s, self._connected_s) > _SILENCE_S:
            self._connected_s = now_s
            with suppress(zmq.ZMQError):  # it is not connected
                self._socket.disconnect(self.address)
            self._socket.connect(self.address)

    def _drain_newest(self) -> PoseMessage | None:
        """Read the frames that have arrived, and process the last of each topic."""
        last: dict[bytes, bytes] = {}  # in the order of their arrival
        poses = 0
        for frame in self._arrived():
            topic = frame.partition(b" ")[0]
            if topic not in _TOPICS:
                self._process(frame)
                continue
            poses += topic == _POSES
            last.pop(topic, None)
            last[topic] = frame
        skipped = max(0, poses - 1)
        self.skipped += skipped
        processed = [self._process(frame, skipped) for frame in last.values()]
        return next((pose for pose in processed if pose is not None), None)

    def _next(self) -> PoseMessage | None:
        """Process the frames that have arrived up to the next pose."""
        return next((pose for frame in self._arrived() if (pose := self._process(frame)) is not None), None)

    def _arrived(self) -> Iterator[bytes]:
        end_s = time.perf_counter() + _DRAIN_S
        with suppress(zmq.Again):
            while time.perf_counter() < end_s:
                yield self._socket.recv(zmq.NOBLOCK)

    def _process(self, frame: bytes, skipped: int = 0) -> PoseMessage | None:
        """Decode a frame and update the counters; returns the message if it is a pose, before
        which others were `skipped`."""
        try:
            message = decode_preview(frame) if is_preview(frame) else decode(frame)
        except MessageError as fault:
            self.malformed += 1
            self.last_fault = str(fault)
            return None
        self._received_s = time.monotonic()
        self._follow_session(message)
        if isinstance(message, StatusMessage):
            self.status = message
        elif isinstance(message, SchemaMessage):
            self.schema = message
        elif isinstance(message, PreviewMessage):
            self.preview = message
        else:
            self._count_lost(message.seq - skipped)
            self._seq = message.seq
            return message
        return None

    def _follow_session(self, message: Message | PreviewMessage) -> None:
        if message.session == self.session:
            return
        self.restarts += self.session is not None
        self.session, self._seq = message.session, None
        self.status = self.schema = self.preview = None  # they belong to the previous session

    def _count_lost(self, seq: int) -> None:
        if self._seq is not None:
            self.lost += max(0, seq - self._seq - 1)


def _connect(address: str, server_file: str | Path | None, queue: int, max_bytes: int) -> zmq.Socket[bytes]:
    socket: zmq.Socket[bytes] = zmq.Context.instance().socket(zmq.SUB)
    try:
        for option, value in _OPTIONS.items():
            socket.setsockopt(option, value)
        socket.setsockopt(zmq.RCVHWM, queue)
        socket.setsockopt(zmq.IPV6, int("[" in address))
        socket.setsockopt(zmq.MAXMSGSIZE, max_bytes)
        socket.subscribe(b"")  # all but previews
        if server_file is not None:
            _use_curve(socket, server_file)
        socket.connect(address)
    except zmq.ZMQError as fault:
        socket.close()
        why = zmq.strerror(fault.errno or 0)
        raise UsageError(f"cannot connect to {address!r}: {why}; write it like {DEFAULT_ADDRESS}") from fault
    except UsageError:
        socket.close()
        raise
    return socket


def _use_curve(socket: zmq.Socket[bytes], server_file: str | Path) -> None:
    """Authenticate the publisher by its public key; this side uses a temporary key pair."""
    try:
        server_key, _ = zmq.auth.load_certificate(server_file)
    except (OSError, ValueError) as fault:
        raise UsageError(f"cannot read the CURVE key file {server_file}: {fault}") from fault
    public, secret = zmq.curve_keypair()
    socket.setsockopt(zmq.CURVE_PUBLICKEY, public)
    socket.setsockopt(zmq.CURVE_SECRETKEY, secret)
    try:
        socket.setsockopt(zmq.CURVE_SERVERKEY, server_key)
    except zmq.ZMQError as fault:
        raise UsageError(f"the key in {server_file} is not valid: give the publisher's .key file") from fault
