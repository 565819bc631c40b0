"""The process that owns the publishing socket: `python -m realtime.wire.socket_process FD`.

What readers do to a ZeroMQ socket happens inside its library, in the thread that calls it: a
million subscriptions cost gigabytes and seconds inside `send`, some end the process by an
assertion (docs/decisions/0008-socket-process.md).  So the socket lives here, where none of it
reaches the camera.  `SocketProcess` (relay.py) starts this program, watches it, and starts it
anew where it has ended.

On the channel, a stream socket, both sides write frames (framing.py).  First comes a `BindOptions`
as JSON, and is answered by a `SocketState`; then messages to publish come, and states go.
"""

from __future__ import annotations

import json
import os
import signal
import socket as system
import sys
import threading
import time
import traceback
from contextlib import closing, suppress
from dataclasses import asdict
from pathlib import Path

import zmq

from ..errors import PublishError
from .bind import bind
from .framing import FrameReader, framed
from .listeners import Subscribers
from .relay import BindOptions, SocketState

# Ends the process; the other side starts it anew.
MEMORY_LIMIT_BYTES = 200 << 20
STUCK_S = 2.0  # inside the library
_WATCH_S = 0.05
_WAIT_MS = 500
_READ_BYTES = 1 << 16


class _Watchdog:
    """Ends this process where its memory grows beyond the limit, or the loop is stuck in the library,
    which lets other threads run meanwhile."""

    def __init__(self) -> None:
        self._alive_s = time.monotonic()
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

    def alive(self) -> None:
        """The loop goes round."""
        self._alive_s = time.monotonic()

    def _watch(self) -> None:
        while True:
            began_s = time.monotonic()
            time.sleep(_WATCH_S)
            asleep_s = time.monotonic() - began_s  # long where the whole process was suspended
            stuck = asleep_s < 1 and time.monotonic() - self._alive_s > STUCK_S + _WAIT_MS / 1e3
            if stuck or _memory_bytes() > MEMORY_LIMIT_BYTES:
                os._exit(1)


def _memory_bytes() -> int:
    """Resident memory of this process; 0 where the system does not tell it in a file."""
    with suppress(OSError):
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0


def serve(channel: system.socket) -> None:
    """Publish what comes through the channel until it is closed at the other end."""
    frames = FrameReader()
    options = _first_frame(channel, frames)
    if options is None:
        return
    known = BindOptions(**json.loads(options))
    try:
        publishing = bind(known.address, known.welcome.encode(), known.curve_secret_file, known.insecure)
    except PublishError as fault:
        _tell(channel, SocketState(fault=str(fault)))
        return
    with closing(publishing):
        _publish(channel, frames, publishing)


def _first_frame(channel: system.socket, frames: FrameReader) -> bytes | None:
    while not frames.complete:
        data = channel.recv(_READ_BYTES)
        if not data:
            return None
        frames.feed(data)
    return frames.take()


def _publish(channel: system.socket, frames: FrameReader, publishing: zmq.Socket[bytes]) -> None:
    subscribers = Subscribers(publishing)
    address = bytes(publishing.getsockopt(zmq.LAST_ENDPOINT)).rstrip(b"\0").decode()
    watchdog, poller, told = _Watchdog(), zmq.Poller(), None
    for one in (channel, publishing, subscribers.monitor):
        poller.register(one, zmq.POLLIN)
    with closing(subscribers):
        while True:
            watchdog.alive()
            while frames.complete:
                publishing.send(frames.take(), zmq.NOBLOCK)
            state = SocketState(address, subscribers.count, subscribers.refused, subscribers.cut)
            if state != told:
                told = state
                _tell(channel, state)
            ready = dict(poller.poll(_WAIT_MS))
            if channel.fileno() in ready:
                data = channel.recv(_READ_BYTES)
                if not data:
                    return
                frames.feed(data)
            if publishing in ready or subscribers.monitor in ready:
                subscribers.update()


def _tell(channel: system.socket, state: SocketState) -> None:
    channel.sendall(framed(json.dumps(asdict(state)).encode()))


def main(argv: list[str]) -> int:
    """Serve on the channel whose file descriptor is given."""
    # Ctrl-C and a closed terminal reach every process of the terminal; the other side decides.
    for name in ("SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    with closing(_channel(argv)) as channel:
        try:
            serve(channel)
        except (BrokenPipeError, ConnectionResetError):  # the other side was killed
            return 1
        except Exception:  # noqa: BLE001 - a bug of ours: its traceback belongs to the user's terminal
            with suppress(OSError):
                _tell(channel, SocketState(bug=traceback.format_exc()))
            return 1
    return 0


def _channel(argv: list[str]) -> system.socket:
    if sys.platform == "win32":
        return system.fromshare(sys.stdin.buffer.read())
    return system.socket(fileno=int(argv[0]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
