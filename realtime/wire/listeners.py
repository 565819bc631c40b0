"""Who subscribes to what on the publishing socket; the refused connections."""

from __future__ import annotations

import socket as system
import struct
from contextlib import suppress

import zmq

from .topics import ALL_HEADS, POSE3D, PREVIEW, head, heads_of

_STRANGE_TOPICS = 100  # subscriptions of one connection to what is never published; beyond, it is cut off
_EVENTS_PER_CALL = 100  # so that many connections cannot delay the caller
_REFUSALS = zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL | zmq.EVENT_HANDSHAKE_FAILED_AUTH
_EVENT = struct.Struct("=HI")  # of the library's monitor: the event, and the connection's descriptor


class Subscribers:
    """The connections of an XPUB socket (with XPUB_MANUAL), and what each of them gets.

    `update` answers their subscriptions: with the topics that `heads_of` says, so that a message
    is never compared with topics that do not exist, and previews go to nobody who did not ask for them.

    A connection counts once, however often it subscribes: `poses` get poses now, `previews` previews;
    `refused` have so far used a wrong key or did not speak ZeroMQ; `cut` were cut off, because they
    subscribed to a hundred topics that do not exist: the library keeps every one of them in memory.
    Subscribers with the ZeroMQ protocol of 2012 or earlier have no file descriptor to identify
    them: they are served, but not counted.

    Used by the socket's thread; `update` never blocks.
    """

    def __init__(self, socket: zmq.Socket[bytes]) -> None:
        self.poses = self.previews = self.refused = self.cut = 0
        self._socket = socket
        self.monitor = socket.get_monitor_socket(_REFUSALS | zmq.EVENT_ACCEPTED | zmq.EVENT_DISCONNECTED)
        self._asked: dict[int, set[bytes]] = {}  # by connection (its file descriptor)
        self._strange: dict[int, int] = {}  # subscriptions to nothing, by connection
        self._closed: set[int] = set()

    def update(self) -> bool:
        """Process the subscriptions, connections and disconnections since the last call; False if
        there are more, which the next call processes."""
        read_all = self._read_subscriptions()
        if read_all:  # otherwise messages of closed connections may still be queued
            for connection in self._closed:
                self._forget(connection)
            self._closed.clear()
        gets = [_heads(asked) for asked in self._asked.values()]
        self.poses, self.previews = (sum(head(topic) in heads for heads in gets) for topic in (POSE3D, PREVIEW))
        return read_all

    def close(self) -> None:
        """Close the monitor socket; once, before the socket itself."""
        self._socket.disable_monitor()
        self.monitor.close(linger=0)

    def _read_subscriptions(self) -> bool:
        """Read queued subscriptions: byte 1 and a topic prefix subscribes, byte 0 and the
        prefix unsubscribes.  True if the queue is empty."""
        for _ in range(_EVENTS_PER_CALL):
            frame = self._next_frame()
            self._read_monitor_events()  # so that a descriptor that is used again has a clean slate
            if frame is None:
                return True
            event = frame.bytes
            if event[:1] in (b"\0", b"\1"):
                self._answer(_connection(frame), event[:1] == b"\1", event[1:])
        return False

    def _next_frame(self) -> zmq.Frame | None:
        with suppress(zmq.Again):
            return self._socket.recv(zmq.NOBLOCK, copy=False)
        return None

    def _answer(self, connection: int | None, wanted: bool, subscription: bytes) -> None:
        """Let the connection whose frame was read last have what it subscribes to, or no longer."""
        meant = heads_of(subscription)
        if connection is None:
            asked = set()
        elif meant & ALL_HEADS or self._may_be_strange(connection):
            asked = self._asked.setdefault(connection, set())
        else:
            return
        if wanted:
            asked |= {subscription} if meant else set()
            for topic in meant:
                self._socket.subscribe(topic)
        else:
            asked.discard(subscription)
            for topic in meant - _heads(asked):
                self._socket.unsubscribe(topic)

    def _may_be_strange(self, connection: int) -> bool:
        """Count a subscription to what is never published; too many, and the connection is cut off."""
        self._strange[connection] = self._strange.get(connection, 0) + 1
        if self._strange[connection] == _STRANGE_TOPICS:
            self.cut += 1
            _cut_off(connection)
        return self._strange[connection] < _STRANGE_TOPICS

    def _forget(self, connection: int) -> None:
        self._asked.pop(connection, None)
        self._strange.pop(connection, None)

    def _read_monitor_events(self) -> None:
        for _ in range(_EVENTS_PER_CALL):
            try:
                event, connection = _EVENT.unpack(self.monitor.recv_multipart(zmq.NOBLOCK)[0])
            except zmq.Again:
                return
            if event == zmq.EVENT_DISCONNECTED:
                self._closed.add(connection)
            elif event == zmq.EVENT_ACCEPTED:
                # The system uses a descriptor again: from now on it is the new connection.
                self._closed.discard(connection)
                self._forget(connection)
            else:
                self.refused += 1


def _heads(asked: set[bytes]) -> frozenset[bytes]:
    """What a connection gets that has asked for these."""
    return frozenset().union(*map(heads_of, asked))


def _connection(frame: zmq.Frame) -> int | None:
    """The connection that a frame came from; None if unknown, or if libzmq sent it on behalf
    of a closed connection."""
    try:
        return int(frame.get(zmq.SRCFD))
    except zmq.ZMQError:
        return None


def _cut_off(connection: int) -> None:
    """End a connection of the library's by its descriptor, which the library goes on owning."""
    with suppress(OSError):  # it has ended already
        borrowed = system.socket(fileno=connection)
        try:
            borrowed.shutdown(system.SHUT_RDWR)
        finally:
            borrowed.detach()
