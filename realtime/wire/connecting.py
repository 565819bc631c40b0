"""The subscriber's socket: connected to a publisher, with its key where it has one."""

from __future__ import annotations

from pathlib import Path

import zmq
import zmq.auth

from ..errors import UsageError
from .message import DEFAULT_ADDRESS

# Messages that wait to be read, at most 64 kB each: libzmq leaves what comes then to the publisher.
QUEUE_NEWEST, QUEUE_ALL = 100, 1000
_OPTIONS = {
    zmq.LINGER: 0,
    zmq.RECONNECT_IVL: 100,  # ms; reconnects to a restarted publisher within 0.2 s
    zmq.HEARTBEAT_IVL: 1000,  # ms; together with the next one, detects a pulled cable
    zmq.HEARTBEAT_TIMEOUT: 3000,
}


def connected(address: str, server_file: str | Path | None, queue: int, max_bytes: int) -> zmq.Socket[bytes]:
    """A socket that subscribes to everything but previews; `queue` messages of at most `max_bytes` wait in it.
    Raises UsageError if the address or the key file is not valid."""
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
