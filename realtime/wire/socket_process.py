"""The process that owns the publishing socket: `python -m realtime.wire.socket_process FD FD`.

What readers do to a ZeroMQ socket happens inside its library, in the thread that calls it: a
million subscriptions cost gigabytes and seconds inside `send`, some end the process by an
assertion (docs/decisions/0010-socket-process.md).  So the socket lives here, where none of it
reaches the camera.  `SocketProcess` (relay.py) starts this program, watches it, and starts it
anew where it has ended.

Both sides write frames (framing.py) on stream sockets.  On the first comes a `BindOptions` as
JSON, which is answered by a `SocketState`; then messages to publish come, and states go.  On the
second come previews: of those that have arrived the newest is published, when no message waits.
"""

from __future__ import annotations

import json
import os
import selectors
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
from .silence import Silence

# Ends the process; the other side starts it anew.
MEMORY_LIMIT_BYTES = 200 << 20
STUCK_S = 2.0  # inside the library
_WATCH_S = 0.05
_WAIT_S = 0.5
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
            stuck = asleep_s < 1 and time.monotonic() - self._alive_s > STUCK_S + _WAIT_S
            if stuck or _memory_bytes() > MEMORY_LIMIT_BYTES:
                os._exit(1)


def _memory_bytes() -> int:
    """Resident memory of this process; 0 where the system does not tell it in a file."""
    with suppress(OSError):
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0


def serve(channel: system.socket, preview_channel: system.socket) -> None:
    """Publish what comes through the channels until the first is closed at the other end."""
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
    with closing(publishing), closing(Subscribers(publishing)) as subscribers:
        _Server(channel, frames, preview_channel, publishing, subscribers).run()


def _first_frame(channel: system.socket, frames: FrameReader) -> bytes | None:
    while not frames.complete:
        data = channel.recv(_READ_BYTES)
        if not data:
            return None
        frames.feed(data)
    return frames.take()


class _Server:
    """The loop between the channels and the socket."""

    def __init__(
        self,
        channel: system.socket,
        messages: FrameReader,
        preview_channel: system.socket,
        publishing: zmq.Socket[bytes],
        subscribers: Subscribers,
    ) -> None:
        self._channel, self._messages = channel, messages
        self._preview_channel, self._previews = preview_channel, FrameReader()
        self._publishing, self._subscribers = publishing, subscribers
        self._address = bytes(publishing.getsockopt(zmq.LAST_ENDPOINT)).rstrip(b"\0").decode()
        self._told: SocketState | None = None
        self._silence = Silence()

    def run(self) -> None:
        """Until the channel is closed at the other end."""
        watchdog, selector = _Watchdog(), selectors.DefaultSelector()
        for one in (self._channel, self._preview_channel, self._publishing, self._subscribers.monitor):
            selector.register(one, selectors.EVENT_READ)
        ready: set[object] = set()
        while True:
            watchdog.alive()
            if self._channel in ready and not self._publish_messages():
                return
            if self._preview_channel in ready and not self._publish_preview():
                selector.unregister(self._preview_channel)
            # Always and last, as any call of the library may have taken in what its descriptor told of.
            self._publish_silence()
            read_all = self._subscribers.update()
            self._tell_news()
            ready = {key.fileobj for key, _ in selector.select(_WAIT_S if read_all else 0)}

    def _publish_messages(self) -> bool:
        data = self._channel.recv(_READ_BYTES)
        self._messages.feed(data)
        while self._messages.complete:
            message = self._messages.take()
            self._silence.heard(message)
            self._publishing.send(message, zmq.NOBLOCK)
        return bool(data)

    def _publish_silence(self) -> None:
        status = self._silence.due()
        if status is not None:
            self._publishing.send(status, zmq.NOBLOCK)

    def _publish_preview(self) -> bool:
        data = self._preview_channel.recv(_READ_BYTES)
        self._previews.feed(data)
        if self._previews.complete:
            self._publishing.send(self._previews.take_newest(), zmq.NOBLOCK)
        return bool(data)

    def _tell_news(self) -> None:
        at = self._subscribers
        state = SocketState(self._address, at.poses, at.previews, at.refused, at.cut)
        if state != self._told:
            self._told = state
            _tell(self._channel, state)


def _tell(channel: system.socket, state: SocketState) -> None:
    channel.sendall(framed(json.dumps(asdict(state)).encode()))


def main(argv: list[str]) -> int:
    """Serve on the channels whose file descriptors are given."""
    # Ctrl-C, a closed terminal and the end of a service reach all processes; the other side decides.
    for name in ("SIGINT", "SIGHUP", "SIGTERM", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    channel, preview_channel = _channels(argv)
    with channel, preview_channel:
        try:
            serve(channel, preview_channel)
        except (BrokenPipeError, ConnectionResetError):  # the other side was killed
            return 1
        except Exception:  # noqa: BLE001 - a bug of ours: its traceback belongs to the user's terminal
            with suppress(OSError):
                _tell(channel, SocketState(bug=traceback.format_exc()))
            return 1
    return 0


def _channels(argv: list[str]) -> list[system.socket]:
    if sys.platform == "win32":
        shared = FrameReader()
        shared.feed(sys.stdin.buffer.read())
        return [system.fromshare(shared.take()) for _ in range(2)]
    return [system.socket(fileno=int(number)) for number in argv]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
