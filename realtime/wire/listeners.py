"""Counts the subscribers and the refused connections of the publishing socket."""

from __future__ import annotations

import socket as system
from contextlib import suppress

import zmq
from zmq.utils.monitor import parse_monitor_message

from .message import POSE3D, TOPICS

_POSES = f"{POSE3D} ".encode()
_TOPICS = tuple(f"{topic} ".encode() for topic in TOPICS)
_STRANGE_TOPICS = 100  # subscriptions of one connection to what is never published; beyond, it is cut off
_EVENTS_PER_CALL = 100  # so that many connections cannot delay the caller
_REFUSALS = zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL | zmq.EVENT_HANDSHAKE_FAILED_AUTH


class Subscribers:
    """The connections of an XPUB socket (with XPUB_VERBOSER) that subscribe to poses.

    A connection counts once, even if it subscribes several times or cancels subscriptions
    that it never made.  `count` are subscribed now; `refused` have so far used a wrong key
    or did not speak ZeroMQ; `cut` were cut off, because they subscribed to a hundred topics that do
    not exist: the library keeps every one of them in memory.  Subscribers over inproc, and those with
    the ZeroMQ protocol of 2012 or earlier, have no file descriptor to identify them and are not
    counted.

    Used by the socket's thread; `update` never blocks.
    """

    def __init__(self, socket: zmq.Socket[bytes]) -> None:
        self.refused = self.cut = 0
        self._socket = socket
        self.monitor = socket.get_monitor_socket(_REFUSALS | zmq.EVENT_ACCEPTED | zmq.EVENT_DISCONNECTED)
        self._topics: dict[int, set[bytes]] = {}  # by connection (its file descriptor)
        self._strange: dict[int, int] = {}  # subscriptions to nothing, by connection
        self._closed: set[int] = set()

    @property
    def count(self) -> int:
        """Connections that subscribe to poses."""
        return len(self._topics)

    def update(self) -> None:
        """Process the subscriptions, connections and disconnections since the last call."""
        read_all = self._read_subscriptions()
        self._read_monitor_events()
        if read_all:  # otherwise messages of closed connections may still be queued
            for connection in self._closed:
                self._topics.pop(connection, None)
                self._strange.pop(connection, None)
            self._closed.clear()

    def close(self) -> None:
        """Close the monitor socket; once, before the socket itself."""
        self._socket.disable_monitor()
        self.monitor.close(linger=0)

    def _read_subscriptions(self) -> bool:
        """Read queued subscriptions: byte 1 and a topic prefix subscribes, byte 0 and the
        prefix unsubscribes.  True if the queue is empty."""
        for _ in range(_EVENTS_PER_CALL):
            try:
                frame = self._socket.recv(zmq.NOBLOCK, copy=False)
            except zmq.Again:
                return True
            event, connection = frame.bytes, _connection(frame)
            if connection is None:
                continue
            if _POSES.startswith(event[1:]):
                self._apply(connection, event[:1], event[1:])
            elif not any(topic.startswith(event[1:]) for topic in _TOPICS):
                self._count_strange(connection)
        return False

    def _count_strange(self, connection: int) -> None:
        self._strange[connection] = self._strange.get(connection, 0) + 1
        if self._strange[connection] == _STRANGE_TOPICS:
            self.cut += 1
            _cut_off(connection)

    def _apply(self, connection: int, verb: bytes, topic: bytes) -> None:
        if verb == b"\x01":
            self._topics.setdefault(connection, set()).add(topic)
        elif verb == b"\x00" and connection in self._topics:
            self._topics[connection].discard(topic)
            if not self._topics[connection]:
                del self._topics[connection]

    def _read_monitor_events(self) -> None:
        for _ in range(_EVENTS_PER_CALL):
            try:
                event = parse_monitor_message(self.monitor.recv_multipart(zmq.NOBLOCK))
            except zmq.Again:
                return
            if event["event"] == zmq.EVENT_DISCONNECTED:
                self._closed.add(event["value"])
            elif event["event"] == zmq.EVENT_ACCEPTED:
                # The system reuses the descriptor: from now on it is the new connection.
                self._closed.discard(event["value"])
                self._strange.pop(event["value"], None)
            else:
                self.refused += 1


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
