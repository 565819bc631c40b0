"""Opens the publishing socket: allowed addresses, CURVE keys, and an error message for each failure."""

from __future__ import annotations

import errno
import re
import socket as system
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path

import zmq

from ..errors import PublishError
from ..runtime.hints import command

_OPTIONS = {
    # Messages queued for a slow reader, after which new ones are dropped: as many as can wait before the
    # socket, which come at once after a stall.  16 MB for each frozen reader if all are the largest previews.
    zmq.SNDHWM: 64,
    zmq.SNDBUF: 1 << 16,  # bytes that wait in the system besides; by itself it would let megabytes wait
    zmq.LINGER: 150,  # ms; time to send the last messages after close
    zmq.XPUB_MANUAL: 1,  # subscriptions are read, and answered by listeners.py
    zmq.HEARTBEAT_IVL: 1000,  # ms; together with the next one, drops a frozen reader and its queue
    zmq.HEARTBEAT_TIMEOUT: 3000,
    zmq.HANDSHAKE_IVL: 5000,  # ms; connections that do not complete the ZeroMQ handshake are closed
    zmq.RCVHWM: 10,  # subscriptions that wait to be read, of each reader
}
# Readers send only subscriptions, and the metadata of the handshake, which with a key is encrypted.
_MAX_BYTES, _MAX_BYTES_CURVE = 128, 512
_TCP = re.compile(r"tcp://(?P<host>\[[0-9a-fA-F:.%\w]+\]|[^\s:\[\]/;]+):(?P<port>\d{1,5}|\*)")
_MAX_PORT = 65535
_IN_USE = f"in use by another program, perhaps another `{command('run')}`: stop it, or give another --bind"
_NO_SUCH_ADDRESS = "this machine has no such address: give --bind an address of this machine"
_HINTS = {
    errno.EADDRINUSE: _IN_USE,
    errno.EACCES: "not permitted: give --bind a port above 1023",
    errno.EADDRNOTAVAIL: _NO_SUCH_ADDRESS,
    errno.ENODEV: _NO_SUCH_ADDRESS,
    errno.ENAMETOOLONG: "the path is too long: give a shorter --bind",
}
_MAX_SHOWN = 100  # characters of an address in an error message, which is one line


def bind(address: str, welcome: bytes, curve_secret_file: str | Path | None, insecure: bool) -> zmq.Socket[bytes]:
    """A publishing (XPUB) socket bound to `address`; each new subscriber first receives `welcome`.

    An address that other machines can reach requires a CURVE key, or `insecure` to allow
    anybody on the network to read.  Raises PublishError in one line.
    """
    if not is_local(address) and curve_secret_file is None and not insecure:
        raise PublishError(
            f"anybody on the network could read {address}: give a --curve-key (`{command('keys')}` makes one), "
            "or allow it with --insecure"
        )
    socket: zmq.Socket[bytes] = zmq.Context.instance().socket(zmq.XPUB)
    try:
        for option, value in _OPTIONS.items():
            socket.setsockopt(option, value)
        socket.setsockopt(zmq.XPUB_WELCOME_MSG, welcome)
        socket.setsockopt(zmq.IPV6, int("[" in address))
        socket.setsockopt(zmq.MAXMSGSIZE, _MAX_BYTES if curve_secret_file is None else _MAX_BYTES_CURVE)
        if curve_secret_file is not None:
            _use_curve(socket, curve_secret_file)
        _bind(socket, address)
    except PublishError:
        socket.close(linger=0)
        raise
    return socket


def _bind(socket: zmq.Socket[bytes], address: str) -> None:
    try:
        if address.startswith("ipc://"):
            _check_ipc_path(address)
        socket.bind(address)
    except (zmq.ZMQError, OSError) as fault:
        hint = _HINTS.get(fault.errno or 0, f"{zmq.strerror(fault.errno or 0)}: give another --bind")
        shown = address if len(address) <= _MAX_SHOWN else f"{address[:_MAX_SHOWN]}…"
        raise PublishError(f"cannot publish on {shown}: {hint}") from fault


def is_local(address: str) -> bool:
    """Whether only this machine can reach the address.  Raises PublishError if it is not an address."""
    if re.fullmatch(r"ipc://\S+", address):
        return True
    match = _TCP.fullmatch(address)
    if match is None or (match["port"] != "*" and int(match["port"]) > _MAX_PORT):
        raise PublishError(f"{address!r} is not an address to publish on: write it like tcp://127.0.0.1:5556")
    host = match["host"].strip("[]")
    if host == "localhost":
        return True
    with suppress(ValueError):  # the name of a network interface, or *
        return ip_address(host).is_loopback
    return False


def _use_curve(socket: zmq.Socket[bytes], secret_file: str | Path) -> None:
    from .keys import read_secret_key  # it loads slowly, and few use a key

    secret = read_secret_key(Path(secret_file))
    socket.setsockopt(zmq.CURVE_SERVER, 1)
    try:
        socket.setsockopt(zmq.CURVE_SECRETKEY, secret)
    except zmq.ZMQError as fault:
        hint = f"create a new pair with `{command('keys')}`"
        raise PublishError(f"the secret key in {secret_file} is not valid: {hint}") from fault


def _check_ipc_path(address: str) -> None:
    """Raise PublishError if the ipc path exists and is not an abandoned socket: libzmq would
    delete it before binding."""
    path = Path(address.removeprefix("ipc://"))
    if not path.exists():
        return
    if not path.is_socket():
        raise PublishError(f"cannot publish on {address}: the path exists and is not a socket; give another --bind")
    with system.socket(system.AF_UNIX) as probe:
        if probe.connect_ex(str(path)) == 0:
            raise PublishError(f"cannot publish on {address}: {_IN_USE}")
