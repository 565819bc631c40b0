"""The publishing socket in a process of its own, seen from the pipeline."""

from __future__ import annotations

import json
import logging
import os
import select
import socket as system
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from ..errors import MessageError, PublishError
from ..runtime.text import counted
from .framing import FrameReader, FrameWriter, framed
from .topics import MAX_PREVIEW_BYTES

_log = logging.getLogger(__name__)

_MODULE = "realtime.wire.socket_process"
_ON_WINDOWS = sys.platform == "win32"

FIFO = 64  # messages that wait while the socket's process is busy; beyond, the oldest are dropped
# Few messages in the system's buffer, as none of them can be dropped any more; one preview.
_CHANNEL_BYTES, _PREVIEW_CHANNEL_BYTES = 1 << 14, MAX_PREVIEW_BYTES
_START_S = 15.0  # a cold start on a slow disk
_CLOSE_S = 0.5
_RESTART_EVERY_S = 0.5  # at most, where something ends it at once
_WARN_EVERY_S = 60.0
_READ_BYTES = 1 << 16


@dataclass(frozen=True)
class BindOptions:
    """Where to publish, and what each new subscriber hears first (a text)."""

    address: str
    welcome: str
    curve_secret_file: str | None = None
    insecure: bool = False


@dataclass(frozen=True)
class SocketState:
    """What the socket's process tells: the bound address; the connections that subscribe to poses and to
    previews, those refused and those cut off so far; or why it cannot publish; or the traceback of a bug."""

    address: str = ""
    subscribers: int = 0
    previews: int = 0
    refused: int = 0
    cut: int = 0
    fault: str = ""
    bug: str = ""


class SocketProcess:
    """Starts the process in the constructor; `bind` opens the socket, `send` publishes without waiting.

    A process that ends (its memory limit, an assertion of the library) is started anew at the same
    address; readers reconnect by themselves.  Where it cannot publish there any more, `state.fault`
    says why, and it is tried again.  `dropped` counts messages that it could not take in
    time.  Previews have a channel of their own, so that no pose waits behind a picture.  Not thread-safe.
    """

    def __init__(self) -> None:
        self.state = SocketState()
        self.restarts = 0
        self._before = SocketState()  # counts of the processes that have ended
        self._options: BindOptions | None = None
        self._messages, self._previews = FrameWriter(FIFO), FrameWriter(1)
        self._warn_due_s = self._restart_due_s = 0.0
        self._closed = False
        self._start()

    @property
    def dropped(self) -> int:
        """Messages dropped so far; a preview that a newer one replaced is none."""
        return self._messages.dropped

    def bind(self, options: BindOptions) -> None:
        """Bind the socket.  Raises PublishError where it cannot be."""
        self._options = options
        self._messages.put(_as_json(options))
        deadline_s = time.monotonic() + _START_S
        while not self.state.address:
            self._messages.flush(self._channel)
            runs = self._receive()
            if self.state.fault:
                raise PublishError(self.state.fault)
            if not runs or time.monotonic() > deadline_s:
                import zmq  # noqa: F401 - where the library is missing or broken, this says so

                raise PublishError(f"the publishing process does not start: try `{sys.executable} -m {_MODULE}`")
            select.select([self._channel], [], [], 0.1)
        # A port given as * is kept over restarts.
        self._options = replace(options, address=self.state.address)

    def send(self, message: bytes) -> None:
        """Publish a message, or keep it until the process can take it."""
        self._messages.put(message)
        self.update()

    def send_preview(self, preview: bytes) -> None:
        """Publish a preview, in place of one that the process could not take yet.

        Raises MessageError for more than MAX_PREVIEW_BYTES.
        """
        if len(preview) > MAX_PREVIEW_BYTES:
            raise MessageError(f"cannot send a preview of {len(preview)} bytes: the limit is {MAX_PREVIEW_BYTES}")
        self._previews.put(preview)
        self.update()

    def update(self) -> None:
        """Hand over what waits, and hear the newest state; call it once a second or more often."""
        if self._closed:  # by a program that has left a thread behind, which goes on
            return
        self._messages.flush(self._channel)
        self._previews.flush(self._preview_channel)
        if not self._receive() and time.monotonic() >= self._restart_due_s:
            self._restart()

    def close(self) -> None:
        """End the process after it has sent what it has; may be called twice."""
        self._closed = True
        if self._process.poll() is None and self._channel.fileno() >= 0:
            self._messages.flush(self._channel)
            with suppress(OSError):
                self._channel.shutdown(system.SHUT_WR)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_CLOSE_S)
        self._end()

    def _start(self) -> None:
        self._restart_due_s = time.monotonic() + _RESTART_EVERY_S
        self._frames = FrameReader()
        self._channel, messages = _channel(_CHANNEL_BYTES)
        with messages:
            self._preview_channel, previews = _channel(_PREVIEW_CHANNEL_BYTES)
            with previews:
                self._process = _spawn(messages, previews)

    def _end(self) -> None:
        self._channel.close()
        self._preview_channel.close()
        self._process.kill()
        self._process.wait()

    def _restart(self) -> None:
        assert self._options is not None
        self._end()
        self.restarts += 1
        self._warn()
        address = self._options.address
        self.state = self._before = replace(self.state, address=address, subscribers=0, previews=0)
        self._messages.begin_anew(_as_json(self._options))
        self._previews = FrameWriter(1)
        try:
            self._start()
        except OSError as fault:  # no memory, or no descriptor: tried again
            why = fault.strerror or str(fault)
            self.state = replace(self.state, fault=f"cannot start the publishing process: {why}; the recording goes on")

    def _warn(self) -> None:
        now_s = time.monotonic()
        if now_s >= self._warn_due_s:
            self._warn_due_s = now_s + _WARN_EVERY_S
            _log.warning(
                "the publishing process at %s has ended and is started again (%d so far; %s cut off for subscribing "
                "to what does not exist): the recording goes on, readers connect again",
                self._options.address if self._options else "",
                self.restarts,
                counted(self.state.cut, "reader"),
            )

    def _receive(self) -> bool:
        """Take in the states that have come; False where the process has ended."""
        try:
            while data := self._channel.recv(_READ_BYTES):
                self._frames.feed(data)
                self._take_states()
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    def _take_states(self) -> None:
        while self._frames.complete:
            state = SocketState(**json.loads(self._frames.take()))
            if state.bug:
                raise RuntimeError(f"in the publishing process:\n{state.bug}")
            before = self._before
            self.state = replace(state, refused=before.refused + state.refused, cut=before.cut + state.cut)


def _as_json(options: BindOptions) -> bytes:
    return json.dumps(asdict(options)).encode()


def _channel(buffer_bytes: int) -> tuple[system.socket, system.socket]:
    """Our end, which does not block, and the end of the process."""
    ours, theirs = system.socketpair()
    ours.setsockopt(system.SOL_SOCKET, system.SO_SNDBUF, buffer_bytes)
    ours.setblocking(False)
    return ours, theirs


def _spawn(*channels: system.socket) -> subprocess.Popen[bytes]:
    package_folder = str(Path(__file__).parents[2])
    paths = os.pathsep.join(filter(None, (package_folder, os.environ.get("PYTHONPATH"))))
    handles = [] if _ON_WINDOWS else [channel.fileno() for channel in channels]
    process = subprocess.Popen(  # noqa: S603 - our own module
        # -P: a zmq.py in the current folder is not run.
        [sys.executable, "-P", "-m", _MODULE, *map(str, handles)],
        env={**os.environ, "PYTHONPATH": paths},
        pass_fds=handles,
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # the library's assertions would spoil the status line; ours come as a state
    )
    assert process.stdin is not None
    with process.stdin:
        if sys.platform == "win32":
            for channel in channels:
                process.stdin.write(framed(channel.share(process.pid)))
    return process
