"""Receives the published poses.

>>> with PoseSubscriber() as poses:          # doctest: +SKIP
...     for pose in poses:
...         print(pose.seq, pose.joints[16])

Needs only pyzmq and NumPy.  It may start before the publisher, and reconnects when the
publisher restarts.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import zmq

from ..errors import MessageError
from .analyses.angles import AnglesMessage
from .analyses.form import FormFault, FormMessage, FormRepetition
from .analyses.gait import GaitEvent, GaitMessage
from .analyses.numbered import NumberedQueue
from .connecting import QUEUE_ALL, QUEUE_NEWEST, connected
from .message import DEFAULT_ADDRESS, MAX_BYTES, Message, PoseMessage, SchemaMessage, StatusMessage, decode
from .preview import PreviewMessage, decode_preview, is_preview
from .topics import FORM, GAIT, MAX_PREVIEW_BYTES, POSE3D, PREVIEW, TOPICS, head

_POSES = POSE3D.encode()
_TOPICS = frozenset(topic.encode() for topic in (*TOPICS, PREVIEW))
_EVENTFUL = frozenset({GAIT.encode(), FORM.encode()})  # of which every message counts, of the others the newest
_ANY_TOPIC = re.compile(rb'[a-z][a-z0-9_]{0,30} \{"v":\d')  # of this program, or of a later version of it
# After a message that is too long, libzmq disconnects from an address for good.  A publisher
# sends a status every second, so after this silence reconnecting loses nothing.
_SILENCE_S = 3.0
_WAIT_SLICE_MS = 200  # a wait is cut into slices so that Ctrl-C works on Windows too
_DRAIN_S = 0.005  # time for messages that wait, so that a flooding publisher cannot block the caller


class PoseSubscriber:
    """Poses from a publisher.

    `newest=True` returns only the newest pose that has arrived, to act on, and reads of the others
    no more than their topic; False returns every pose in order, to record.  Iteration ends when
    no pose has arrived for `timeout_s` (None: never).  `curve_server_file` is the public key file
    of a publisher that has a CURVE key.  With `preview=True` the camera's picture comes too, about
    15 a second, where the publisher sends it: `preview` is the newest, `preview.picture()` its
    pixels (H, W, 3) uint8 RGB, `preview.keypoints_px` what was found in it.

    Where the publisher analyses (`run.py --analyze angles,gait,form`), `angles`, `gait` and `form` are the
    newest of these messages; `gait_events` gives every contact and toe-off once, `repetitions` and
    `form_faults` every repetition and every fault.

    Counters: `lost` poses by gaps in `seq`, `skipped` poses that a newer one replaced, `lost_events`
    of gait and form, `malformed` frames, `restarts` of the publisher.  `session`, `status` and `schema` are
    the newest received.  Topics of later versions are ignored.  Not thread-safe; there is no
    background thread, so poll about once a second or more often.

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
        self.angles: AnglesMessage | None = None
        self.gait: GaitMessage | None = None
        self.form: FormMessage | None = None
        self.session: str | None = None
        self.lost = self.skipped = self.malformed = self.restarts = 0
        self.last_fault = ""  # of the newest malformed frame, in one line
        self._seq: int | None = None
        self._events = NumberedQueue[GaitEvent]()
        self._repetitions = NumberedQueue[FormRepetition]()
        self._faults = NumberedQueue[FormFault]()
        self._received_s = -math.inf
        max_bytes = MAX_PREVIEW_BYTES if preview else MAX_BYTES
        self._socket = connected(address, curve_server_file, QUEUE_NEWEST if newest else QUEUE_ALL, max_bytes)
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

    def gait_events(self) -> Iterator[GaitEvent]:
        """Every gait event that has arrived and was not yet given, in order; of those that nobody asks for
        the newest thousand wait."""
        return self._events.take()

    def repetitions(self) -> Iterator[FormRepetition]:
        """Every repetition of an exercise, as `gait_events` gives events."""
        return self._repetitions.take()

    def form_faults(self) -> Iterator[FormFault]:
        """Every fault of a repetition, as `gait_events` gives events."""
        return self._faults.take()

    @property
    def lost_events(self) -> int:
        """Events, repetitions and faults that did not arrive, by gaps in their numbers, or waited too long."""
        return self._events.lost + self._repetitions.lost + self._faults.lost

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
        """Read the frames that have arrived, and process the last of each topic, of gait and form all."""
        last: dict[bytes | int, bytes] = {}  # in the order of their arrival, by which sessions are told apart
        poses = 0
        for number, frame in enumerate(self._arrived()):
            topic = frame.partition(b" ")[0]
            if topic not in _TOPICS:
                self._process(frame)
                continue
            poses += topic == _POSES
            key = number if topic in _EVENTFUL else topic
            last.pop(key, None)
            last[key] = frame
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
        if _is_of_later_version(frame):
            return None
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
        elif isinstance(message, AnglesMessage):
            self.angles = message
        elif isinstance(message, GaitMessage):
            self.gait = message
            self._events.add(message.events)
        elif isinstance(message, FormMessage):
            self.form = message
            self._repetitions.add([message.repetition] if message.repetition is not None else [])
            self._faults.add(message.faults)
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
        # They belong to the previous session.
        self.status = self.schema = self.preview = self.angles = self.gait = self.form = None
        for queue in (self._events, self._repetitions, self._faults):
            queue.begin_session()

    def _count_lost(self, seq: int) -> None:
        if self._seq is not None:
            self.lost += max(0, seq - self._seq - 1)


def _is_of_later_version(frame: bytes) -> bool:
    """Whether its topic is none that this version knows."""
    return _ANY_TOPIC.match(frame) is not None and frame.partition(b" ")[0] not in _TOPICS
