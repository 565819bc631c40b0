"""Open the publishing socket: which addresses are allowed, and what each fault means."""

from __future__ import annotations

import errno
import logging
import os
import re
import socket as system
import stat
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path

import zmq
import zmq.auth

from ..errors import PublishError

_log = logging.getLogger(__name__)

_OPTIONS = {
    zmq.SNDHWM: 10,  # messages held for a reader that is slow; then its newest are dropped
    zmq.LINGER: 150,  # ms; the last messages may still leave after close
    zmq.XPUB_VERBOSER: 1,  # tells of every reader that comes and goes, not of the first and last
    zmq.HEARTBEAT_IVL: 1000,  # ms; with the next one frees what a frozen reader holds
    zmq.HEARTBEAT_TIMEOUT: 3000,
    zmq.HANDSHAKE_IVL: 5000,  # ms; who has not said by then that he speaks ZeroMQ is cut off
    zmq.MAXMSGSIZE: 4096,  # readers send subscriptions, nothing else
}
_TCP = re.compile(r"tcp://(?P<host>\[[0-9a-fA-F:.%\w]+\]|[^\s:\[\]/;]+):(?P<port>\d{1,5}|\*)")
_MAX_PORT = 65535
_IN_USE = "another program holds it, perhaps another run.py: end that one, or give another --bind"
_NOT_OURS = "this machine has no such address: give --bind one that it has"
_HINTS = {
    errno.EADDRINUSE: _IN_USE,
    errno.EACCES: "not permitted: give --bind a port above 1023",
    errno.EADDRNOTAVAIL: _NOT_OURS,
    errno.ENODEV: _NOT_OURS,
    errno.ENAMETOOLONG: "the path is too long: give a shorter --bind",
}
_SHOWN = 100  # characters of an address; a message is one line


def bind(address: str, welcome: bytes, curve_secret_file: str | Path | None, insecure: bool) -> zmq.Socket[bytes]:
    """A publishing (XPUB) socket bound to `address`, that greets each reader with `welcome`.

    Beyond this machine a CURVE key is wanted, or `insecure` as the word that anybody in
    the network may read.  Raises PublishError in one line.
    """
    if not stays_inside(address) and curve_secret_file is None and not insecure:
        raise PublishError(f"{address} can be read by anybody in the network: give a --curve-key, or --insecure")
    socket: zmq.Socket[bytes] = zmq.Context.instance().socket(zmq.XPUB)
    try:
        for option, value in _OPTIONS.items():
            socket.setsockopt(option, value)
        socket.setsockopt(zmq.XPUB_WELCOME_MSG, welcome)
        socket.setsockopt(zmq.IPV6, int("[" in address))
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
            _guard_path(address)
        socket.bind(address)
    except (zmq.ZMQError, OSError) as fault:
        hint = _HINTS.get(fault.errno or 0, f"{zmq.strerror(fault.errno or 0)}: give another --bind")
        shown = address if len(address) <= _SHOWN else f"{address[:_SHOWN]}…"
        raise PublishError(f"cannot publish on {shown}: {hint}") from fault


def stays_inside(address: str) -> bool:
    """True where only this machine can reach the address.  PublishError if it is none."""
    if re.fullmatch(r"(ipc|inproc)://\S+", address):
        return True
    match = _TCP.fullmatch(address)
    if match is None or (match["port"] != "*" and int(match["port"]) > _MAX_PORT):
        raise PublishError(f"{address!r} is not an address to publish on: write it like tcp://127.0.0.1:5556")
    host = match["host"].strip("[]")
    if host == "localhost":
        return True
    with suppress(ValueError):  # a name of a network card, or *
        return ip_address(host).is_loopback
    return False


def _use_curve(socket: zmq.Socket[bytes], secret_file: str | Path) -> None:
    try:
        _, secret = zmq.auth.load_certificate(secret_file)
    except (OSError, ValueError) as fault:
        raise PublishError(f"cannot read the CURVE key file {secret_file}: {fault}") from fault
    if secret is None:
        raise PublishError(f"{secret_file} holds no secret key: give the file that ends in .key_secret")
    socket.setsockopt(zmq.CURVE_SERVER, 1)
    try:
        socket.setsockopt(zmq.CURVE_SECRETKEY, secret)
    except zmq.ZMQError as fault:
        raise PublishError(f"the secret key in {secret_file} is broken: make a new pair") from fault
    # Windows has other rights, which the mode does not tell.
    if os.name == "posix" and Path(secret_file).stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        _log.warning("other users can read the secret key: chmod 600 %s", secret_file)


def _guard_path(address: str) -> None:
    """Keep libzmq from deleting what lies at an ipc path, as it does before it binds: only
    a socket that nobody serves any more may go.
    """
    path = Path(address.removeprefix("ipc://"))
    if not path.exists():
        return
    if not path.is_socket():
        raise PublishError(f"cannot publish on {address}: a file is in the way; give another --bind")
    with system.socket(system.AF_UNIX) as probe:
        if probe.connect_ex(str(path)) == 0:
            raise PublishError(f"cannot publish on {address}: {_IN_USE}")
