"""A live run in this process: a stand-in camera, detector and lifter; the program's own loop, socket and files."""

from __future__ import annotations

import json
import socket
import threading
import time
from dataclasses import dataclass, field

import numpy as np
import zmq
from support.estimators import Scripted, Single, as_told, everybody, keypoints, small_lifter

from realtime.estimation.person import PersonChain
from realtime.formats.safe.npz import save_npz
from realtime.online import session
from realtime.pose import Frame
from realtime.settings import settings_from
from realtime.skeleton import COCO17
from realtime.sources.grabber import Shot
from realtime.sources.reconnecting import LiveSource
from realtime.stages import ENDED, STREAMING, EndOfSource, SourceStatus

FPS = 30.0
_CONNECT_S = 0.3


class Camera:
    """So many frames of now, FPS a second or, not `live`, as fast as they are read; the first when somebody listens."""

    name = "camera 0"

    def __init__(self, frames, *, live=True):
        self.live, self.frames, self.index, self.end_s = live, frames, 0, None
        self.image = np.full((480, 640, 3), 128, np.uint8)
        self._due_s = time.monotonic()

    def read(self, timeout_s):
        if self.index >= self.frames:
            raise EndOfSource
        if self.index == 0:
            time.sleep(_CONNECT_S)
        if self.live:
            self._due_s = max(self._due_s + 1 / FPS, time.monotonic())
            time.sleep(max(0.0, self._due_s - time.monotonic()))
        frame = Frame(self.image, self.index, time.monotonic_ns(), time.time_ns(), recorded=not self.live)
        self.index += 1
        return frame

    def status(self):
        return SourceStatus(STREAMING if self.index < self.frames else ENDED)

    def close(self):
        pass


class Standing(Scripted):
    """A detector that sees the same person in every frame, one that sways."""

    def __init__(self):
        super().__init__({})
        self._pose = keypoints(0)

    def __call__(self, frame):
        xy = self._pose.xy + np.float32(10 * np.sin(frame.index / 15))
        return everybody(type(self._pose).seen_in(frame, self.skeleton, xy, self._pose.score))


@dataclass
class Heard:
    """What a subscriber has heard: messages by topic, as JSON, with `at_s` on the monotonic clock."""

    poses: list[dict] = field(default_factory=list)
    status: list[dict] = field(default_factory=list)
    other: list[dict] = field(default_factory=list)


def _refuse(name):
    raise AssertionError(f"{name} on the socket")


class Listener:
    """Hears everything at an address, in a thread."""

    def __init__(self, address):
        self.heard = Heard()
        self._over = threading.Event()
        self._socket = zmq.Context.instance().socket(zmq.SUB)
        self._socket.set_hwm(100_000)
        self._socket.setsockopt(zmq.RECONNECT_IVL, 20)
        self._socket.subscribe("")
        self._socket.connect(address)
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self):
        lists = {b"pose3d": self.heard.poses, b"status": self.heard.status}
        while not self._over.is_set():
            while self._socket.poll(20):
                topic, _, body = self._socket.recv().partition(b" ")
                message = json.loads(body, parse_constant=_refuse) | {"at_s": time.monotonic()}
                lists.get(topic, self.heard.other).append(message)

    def close(self):
        time.sleep(0.1)  # the last messages come
        self._over.set()
        self._thread.join()
        self._socket.close(0)


def free_address():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"tcp://127.0.0.1:{probe.getsockname()[1]}"


def run_here(monkeypatch, out, camera, *, detector=None, lift=None, track=as_told, chain=None, **settings):
    """`run` with these stages; returns what was heard.  Errors are raised with it in `heard`."""
    detector = detector or Standing()
    chain = chain or PersonChain(lift or small_lifter())
    estimator = Single(detector, chain, track=track)
    monkeypatch.setattr(session.build, "detector_and_source", lambda *_: (detector, camera))
    monkeypatch.setattr(session.build, "estimator", lambda *_: estimator)
    address = free_address()
    listener = Listener(address)
    try:
        session.run_live(settings_from(bind=address, out=out, min_free_gb=0, **settings))
    finally:
        listener.close()
    return listener.heard


def run_alone(address, out):
    """`run` with these stages until Ctrl-C, in a process of its own; the camera is read by a thread, as webcams are."""
    camera = LiveSource(lambda _stop: Device(Camera(10**9)), "camera 0")
    chain = PersonChain(small_lifter())
    session.build.detector_and_source = lambda *_: (Standing(), camera)
    session.build.estimator = lambda *_: Single(Standing(), chain, track=as_told)
    session.run_live(settings_from(bind=address, out=out, min_free_gb=0))
    camera.close()


class Device:
    """A Camera as a grabber."""

    recorded = False

    def __init__(self, camera):
        self._camera = camera

    def grab(self):
        frame = self._camera.read(1)
        return Shot(np.full((48, 64, 3), frame.index % 256, np.uint8), frame.t_capture_ns, frame.t_unix_ns)

    def close(self):
        pass


def keypoint_clip(path, frames):
    """A file of the keypoints of a person who sways, 30 frames a second."""
    xy = keypoints(0).xy + 20 * np.sin(np.arange(frames) / 15)[:, None, None] * (1, 0)
    known = {"fps": np.float64(FPS), "size_wh": np.array([640, 480]), "skeleton": COCO17.name}
    save_npz(path, format=1, xy=xy.astype(np.float32), score=np.full(xy.shape[:2], 0.9, np.float32), **known)
    return path
