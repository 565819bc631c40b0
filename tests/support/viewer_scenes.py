"""What the viewer's tests share: a pose that stands, pictures in memory, a real X server."""

import contextlib
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import zmq
from support.example_estimates import pose_message

from realtime.skeleton import H36M17
from realtime.viewer.app import Options
from realtime.viewer.blit import Blitter
from realtime.viewer.scene import Scene
from realtime.viewer.screen import open_offscreen
from realtime.viewer.theme import THEMES
from realtime.wire.message import encode
from realtime.wire.preview import encode_preview
from realtime.wire.subscriber import PoseSubscriber

ROOT = Path(__file__).resolve().parents[2]
DEADLINE_S = 20.0

# A person who stands with arms hanging, facing the camera; pelvis at the origin.
STANDING = {
    "pelvis": (0, 0, 0),
    "right_hip": (-0.12, 0, 0),
    "right_knee": (-0.13, 0, -0.45),
    "right_ankle": (-0.14, 0, -0.88),
    "left_hip": (0.12, 0, 0),
    "left_knee": (0.13, 0, -0.45),
    "left_ankle": (0.14, 0, -0.88),
    "spine": (0, 0, 0.25),
    "neck": (0, 0, 0.5),
    "nose": (0, -0.1, 0.6),
    "head_top": (0, 0, 0.75),
    "left_shoulder": (0.18, 0, 0.48),
    "left_elbow": (0.25, 0, 0.2),
    "left_wrist": (0.28, 0, -0.05),
    "right_shoulder": (-0.18, 0, 0.48),
    "right_elbow": (-0.25, 0, 0.2),
    "right_wrist": (-0.28, 0, -0.05),
}


def standing(**moved):
    """Joints (17, 3), some of them elsewhere."""
    return np.array([{**STANDING, **moved}[joint] for joint in H36M17.joints], np.float32)


def walk(frames):
    """(frames, 17, 3): arms and legs swing."""
    swing = 0.3 * np.sin(np.arange(frames) / 4)
    joints = np.repeat(standing()[None], frames, 0)
    for name, sign in (("left_ankle", 1), ("right_ankle", -1), ("left_wrist", -1), ("right_wrist", 1)):
        joints[:, H36M17.index(name), 1] += sign * swing
    return joints


def message(seq=1, joints=None, **changes):
    """A message of a pose that was captured just now."""
    joints = standing() if joints is None else joints
    now_ns = time.monotonic_ns()
    fields = {
        "seq": seq,
        "skeleton": H36M17.name,
        "joints": joints,
        "score": np.ones(len(joints), np.float32),
        "t_capture_ns": now_ns,
        "t_publish_ns": now_ns,
        "t_unix_ns": time.time_ns(),
    }
    return pose_message(**{**fields, **changes})


def nobody(reason, **changes):
    return message(joints=np.empty((0, 3), np.float32), valid=False, reason=reason, person=None, **changes)


class Picture:
    """A scene in memory, drawn by blitting or (`plain`) by matplotlib's full redraw alone."""

    def __init__(self, theme="dark", size_wh=(320, 320), plain=False, **options):
        self.screen = open_offscreen(size_wh)
        self.scene = Scene(self.screen.figure, THEMES[theme], **options)
        self.blitter = None if plain else Blitter(self.screen.canvas, *self.scene.layers)
        for layer in self.scene.layers:
            for artist in layer:
                artist.set_animated(not plain)

    def of(self, view):
        self.scene.show(view)
        if self.blitter is None:
            self.screen.canvas.draw()
        else:
            self.blitter.update()
        return self.screen.image()


def where(image, colour):
    """Rows and columns of the pixels of a colour '#rrggbb'."""
    wanted = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])
    return np.nonzero(np.abs(image[..., :3].astype(int) - wanted).max(-1) <= 6)


def count(image, colour):
    """How many pixels are of a colour."""
    return len(where(image, colour)[0])


def bind(socket, address):
    """Bind; libzmq lets go of a port only some time after the socket that had it is closed."""
    end_s = time.monotonic() + DEADLINE_S
    while True:
        try:
            socket.bind(address)
        except zmq.ZMQError as fault:
            if fault.errno == zmq.EADDRINUSE and time.monotonic() < end_s:
                time.sleep(0.02)
                continue
            socket.close()
            raise
        return


@contextlib.contextmanager
def publishing(address="tcp://127.0.0.1:*", make=lambda seq: message(seq, walk(seq + 1)[seq]), preview=None):
    """Messages at 30 Hz from a thread, each followed by the same preview, if any; gives the address."""
    socket = zmq.Context.instance().socket(zmq.PUB)
    socket.linger = 0
    bind(socket, address)
    stop = threading.Event()

    def publish():
        seq = 0
        while not stop.wait(1 / 30):
            socket.send(encode(make(seq % 100)))
            if preview is not None:
                socket.send(encode_preview(preview))
            seq += 1

    thread = threading.Thread(target=publish)
    thread.start()
    try:
        yield socket.last_endpoint.decode()
    finally:
        stop.set()
        thread.join()
        socket.close()


def wait_for(condition):
    end_s = time.monotonic() + DEADLINE_S
    while not (answer := condition()):
        assert time.monotonic() < end_s, "the condition never came"
        time.sleep(0.02)
    return answer


@contextlib.contextmanager
def live_scene(*messages):
    """The viewer's live scene, drawn in memory, when it has received these messages."""
    socket = zmq.Context.instance().socket(zmq.XPUB)
    socket.linger = 0
    socket.bind("tcp://127.0.0.1:*")
    options = Options(connect=socket.last_endpoint.decode(), size=(400, 400), inset=False)
    with socket, PoseSubscriber(options.connect) as subscriber:
        assert socket.poll(5000)
        socket.recv()  # its subscription
        live = options.live(subscriber, open_offscreen(options.size))
        for one in messages:
            socket.send(encode(one))
        live.receive(wait_for(lambda: subscriber.poll(0.1)), time.monotonic())
        live.show(time.monotonic())
        Blitter(live.screen.canvas, *live.layers).update()
        yield live


def environment(**more):
    """Without the tester's own display."""
    kept = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "MPLBACKEND")}
    return {**kept, **more}


def viz(*flags, **options):
    """viz.py to its end."""
    command = [sys.executable, "-W", "error", ROOT / "viz.py", *map(str, flags)]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=60, env=environment(), check=False, **options
    )


class Display(NamedTuple):
    """An X server: its name, and the file in which it keeps what its screen shows."""

    name: str
    screen: Path

    def screenshot(self):
        """(H, W, 3) RGB.  The file is an X window dump: numbers, a table of colours, pixels."""
        dump = self.screen.read_bytes()
        header = np.frombuffer(dump, ">u4", 25)
        start, width, height = header[0] + 12 * header[19], header[4], header[5]
        pixels = np.frombuffer(dump, np.uint8, 4 * width * height, start)
        return pixels.reshape(height, width, 4)[..., 2::-1]


@contextlib.contextmanager
def x_server(folder):
    """A real X server without a real screen."""
    if shutil.which("Xvfb") is None:
        pytest.skip("Xvfb is not installed, so no real window can be opened")
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1000x900x24", "-fbdir", str(folder)]
    command += ["-nolisten", "tcp", "-noreset"]
    server = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        with os.fdopen(read) as pipe:
            number = pipe.readline().strip()
        assert number, "Xvfb did not start"
        yield Display(f":{number}", Path(folder) / "Xvfb_screen0")
    finally:
        server.terminate()
        server.wait()
