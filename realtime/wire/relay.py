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
from collections import deque
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from ..errors import PublishError
from .framing import FrameReader, framed

_log = logging.getLogger(__name__)

_MODULE = "realtime.wire.socket_process"
_ON_WINDOWS = sys.platform == "win32"

FIFO = 64  # messages that wait while the socket's process is busy; beyond, the oldest are dropped
_CHANNEL_BYTES = 1 << 14  # few messages in the system's buffer, as none of them can be dropped any more
_START_S = 15.0  # a cold start on a slow disk
_CLOSE_S = 1.0
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
    """What the socket's process tells: the bound address, the connections that subscribe to poses,
    those refused and those cut off so far; or why it cannot publish; or the traceback of a bug."""

    address: str = ""
    subscribers: int = 0
    refused: int = 0
    cut: int = 0
    fault: str = ""
    bug: str = ""


class SocketProcess:
    """Starts the process in the constructor; `bind` opens the socket, `send` publishes without waiting.

    A process that ends (its memory limit, an assertion of the library) is started anew at the same
    address; readers reconnect by themselves.  `dropped` counts messages that it could not take in
    time.  Not thread-safe.
    """

    def __init__(self) -> None:
        self.state = SocketState()
        self._before = SocketState()  # counts of the processes that have ended
        self.dropped = self.restarts = 0
        self._options: BindOptions | None = None
        self._waiting: deque[bytes] = deque(maxlen=FIFO)
        self._warn_due_s = 0.0
        self._start()

    def bind(self, options: BindOptions) -> None:
        """Bind the socket.  Raises PublishError where it cannot be."""
        self._options = options
        self._enqueue(framed(json.dumps(asdict(options)).encode()))
        deadline_s = time.monotonic() + _START_S
        while not self.state.address:
            self._flush()
            runs = self._receive()
            if self.state.fault:
                raise PublishError(self.state.fault)
            if not runs or time.monotonic() > deadline_s:
                raise PublishError(f"the publishing process does not start: try `{sys.executable} -m {_MODULE} 0`")
            select.select([self._channel], [], [], 0.1)
        # A port given as * is kept over restarts.
        self._options = replace(options, address=self.state.address)

    def send(self, message: bytes) -> None:
        """Publish a message, or keep it until the process can take it."""
        self._enqueue(framed(message))
        self.update()

    def update(self) -> None:
        """Hand over what waits, and hear the newest state; call it once a second or more often."""
        if not self._receive():
            self._restart()
        self._flush()

    def close(self) -> None:
        """End the process after it has sent what it has; may be called twice."""
        if self._process.poll() is None and self._channel.fileno() >= 0:
            self._flush()
            with suppress(OSError):
                self._channel.shutdown(system.SHUT_WR)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_CLOSE_S)
        self._end()

    def _start(self) -> None:
        self._channel, theirs = system.socketpair()
        self._channel.setsockopt(system.SOL_SOCKET, system.SO_SNDBUF, _CHANNEL_BYTES)
        self._channel.setblocking(False)
        self._partial = b""  # of a frame that the channel has taken in part
        self._frames = FrameReader()
        with theirs:
            self._process = _spawn(theirs)

    def _end(self) -> None:
        self._channel.close()
        self._process.kill()
        self._process.wait()

    def _restart(self) -> None:
        assert self._options is not None
        self._end()
        self.restarts += 1
        self._warn()
        self.state = self._before = replace(self.state, subscribers=0)
        self._start()
        self._waiting.appendleft(framed(json.dumps(asdict(self._options)).encode()))

    def _warn(self) -> None:
        now_s = time.monotonic()
        if now_s >= self._warn_due_s:
            self._warn_due_s = now_s + _WARN_EVERY_S
            _log.warning(
                "the publishing process at %s has ended and is started again (%d so far; %d readers were cut off "
                "for subscribing to what does not exist): the recording goes on, readers connect again",
                self.state.address,
                self.restarts,
                self.state.cut,
            )

    def _enqueue(self, frame: bytes) -> None:
        self.dropped += len(self._waiting) == FIFO
        self._waiting.append(frame)

    def _flush(self) -> None:
        """Write what the channel takes."""
        try:
            while self._partial or self._waiting:
                self._partial = self._partial or self._waiting.popleft()
                self._partial = self._partial[self._channel.send(self._partial) :]
        except OSError:  # full, or the process has ended, which `_receive` finds
            pass

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


def _spawn(channel: system.socket) -> subprocess.Popen[bytes]:
    package_folder = str(Path(__file__).parents[2])
    paths = os.pathsep.join(filter(None, (package_folder, os.environ.get("PYTHONPATH"))))
    command, handle = [sys.executable, "-m", _MODULE], channel.fileno()
    process = subprocess.Popen(  # noqa: S603 - our own module
        command if _ON_WINDOWS else [*command, str(handle)],
        env={**os.environ, "PYTHONPATH": paths},
        pass_fds=() if _ON_WINDOWS else (handle,),
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # the library's assertions would spoil the status line; ours come as a state
    )
    assert process.stdin is not None
    with process.stdin:
        if sys.platform == "win32":
            process.stdin.write(channel.share(process.pid))
    return process
