"""Who listens to the publishing socket, and who was turned away."""

from __future__ import annotations

import zmq
from zmq.utils.monitor import parse_monitor_message

from .message import POSE3D

_POSES = f"{POSE3D} ".encode()
_EVENTS_A_CALL = 100  # readers may come and go as they like and not hold the loop up
_REFUSALS = zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL | zmq.EVENT_HANDSHAKE_FAILED_AUTH


class Subscribers:
    """The connections of an XPUB socket (with XPUB_VERBOSER) that listen to poses.

    A connection counts once, whatever it says and however often: a stranger may subscribe
    ten times, or take back what it never asked for.  `count` listen now, `refused` came
    with a wrong key or did not speak ZeroMQ (ever).  Readers by inproc, and those that
    speak ZeroMQ as of 2012 or before, bear no number to know them by and are not counted.

    Used by the socket's thread; `look` never blocks.
    """

    def __init__(self, socket: zmq.Socket[bytes]) -> None:
        self.refused = 0
        self._socket = socket
        self._monitor = socket.get_monitor_socket(_REFUSALS | zmq.EVENT_ACCEPTED | zmq.EVENT_DISCONNECTED)
        self._topics: dict[int, set[bytes]] = {}  # of each connection, known by its file descriptor
        self._gone: set[int] = set()

    @property
    def count(self) -> int:
        """Connections that listen to poses."""
        return len(self._topics)

    def look(self) -> None:
        """Take what readers said, and who came and went, since the last look."""
        heard_all = self._hear_subscriptions()
        self._see_connections()
        if heard_all:  # else the last words of some are still to come
            for connection in self._gone:
                self._topics.pop(connection, None)
            self._gone.clear()

    def close(self) -> None:
        """Close the monitor; before the socket, once."""
        self._socket.disable_monitor()
        self._monitor.close(linger=0)

    def _hear_subscriptions(self) -> bool:
        """Byte 1 and a topic's beginning subscribes, byte 0 and the same ends that.  True
        if nothing more is waiting."""
        for _ in range(_EVENTS_A_CALL):
            try:
                frame = self._socket.recv(zmq.NOBLOCK, copy=False)
            except zmq.Again:
                return True
            event, connection = frame.bytes, _connection(frame)
            if connection is not None and _POSES.startswith(event[1:]):
                self._note(connection, event[:1], event[1:])
        return False

    def _note(self, connection: int, verb: bytes, topic: bytes) -> None:
        if verb == b"\x01":
            self._topics.setdefault(connection, set()).add(topic)
        elif verb == b"\x00" and connection in self._topics:
            self._topics[connection].discard(topic)
            if not self._topics[connection]:
                del self._topics[connection]

    def _see_connections(self) -> None:
        for _ in range(_EVENTS_A_CALL):
            try:
                event = parse_monitor_message(self._monitor.recv_multipart(zmq.NOBLOCK))
            except zmq.Again:
                return
            if event["event"] == zmq.EVENT_DISCONNECTED:
                self._gone.add(event["value"])
            elif event["event"] == zmq.EVENT_ACCEPTED:
                # The system has given the number out again: what it says now is the new one's.
                self._gone.discard(event["value"])
            else:
                self.refused += 1


def _connection(frame: zmq.Frame) -> int | None:
    """Which connection a frame came from; None if it cannot be told, or where libzmq speaks
    for one that has gone."""
    try:
        return int(frame.get(zmq.SRCFD))
    except zmq.ZMQError:
        return None
