"""The viewer in a real window on a real X server, fed by a real socket."""

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import sys

import numpy as np
import pytest
from support.previews import BLUE, RED, halves, jpeg_of, preview_message
from support.viewer_scenes import (
    DEADLINE_S,
    ROOT,
    count,
    environment,
    message,
    nobody,
    publishing,
    standing,
    wait_for,
    where,
    x_server,
)

from realtime.viewer.theme import THEMES

DARK, LIGHT = THEMES["dark"], THEMES["light"]
SIZE = 500
BODY = slice(0, 440)  # above the legend


@pytest.fixture(scope="module")
def display(tmp_path_factory):
    if shutil.which("xdotool") is None:
        pytest.skip("xdotool is not installed, so nobody can press the window's keys")
    with x_server(tmp_path_factory.mktemp("screen")) as server:
        yield server


class ClientMessage(ctypes.Structure):
    """XClientMessageEvent of Xlib."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong),
        ("message_type", ctypes.c_ulong),
        ("format", ctypes.c_int),
        ("data", ctypes.c_long * 5),
        ("room", ctypes.c_long * 24),  # XSendEvent copies a whole XEvent
    )


def ask_to_close(display, window):
    """What a window manager does when its close button is pressed: WM_DELETE_WINDOW."""
    x11 = ctypes.CDLL("libX11.so.6")
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XInternAtom.restype = ctypes.c_ulong
    connection = ctypes.c_void_p(x11.XOpenDisplay(display.name.encode()))
    atoms = [x11.XInternAtom(connection, name, 0) for name in (b"WM_PROTOCOLS", b"WM_DELETE_WINDOW")]
    window = ctypes.c_ulong(int(window))
    event = ClientMessage(type=33, window=window, message_type=atoms[0], format=32)
    event.data[0] = atoms[1]
    x11.XSendEvent(connection, window, 0, ctypes.c_long(0), ctypes.byref(event))
    x11.XCloseDisplay(connection)


class Viewer:
    """viz.py in a window."""

    def __init__(self, display, *flags):
        self.display = display
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", ROOT / "viz.py", "--size", f"{SIZE}x{SIZE}", *map(str, flags)],
            stderr=subprocess.PIPE,
            text=True,
            env=environment(DISPLAY=display.name),
        )

    def xdotool(self, *command):
        done = subprocess.run(
            ["xdotool", *map(str, command)],
            env=environment(DISPLAY=self.display.name),
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout.split()

    def key(self, name):
        """Press it over the window: without a window manager the pointer has the focus."""
        self.xdotool("mousemove", 150, 150, "key", name)

    def window(self):
        return wait_for(lambda: self.xdotool("search", "--onlyvisible", "--name", "3D pose"))[0]

    def until(self, condition):
        """Wait for a picture that meets the condition, and return it."""

        def seen():
            assert self.process.poll() is None, self.process.stderr.read()
            image = self.display.screenshot()[:SIZE, :SIZE]
            return [image] if condition(image) else []

        return wait_for(seen)[0]

    def end(self):
        """Exit code and stderr."""
        code = self.process.wait(DEADLINE_S)
        said = self.process.stderr.read()
        return code, said


@contextlib.contextmanager
def viewing(display, *flags):
    viewer = Viewer(display, *flags)
    try:
        viewer.window()
        yield viewer
    finally:
        viewer.process.kill()
        viewer.process.wait()
        viewer.process.stderr.close()


def person(image):
    return count(image[BODY], DARK.left) > 200 and count(image[BODY], DARK.right) > 200


def drag(viewer, start, *stops):
    viewer.xdotool("mousemove", *start, "mousedown", 1)
    for stop in stops:
        viewer.xdotool("mousemove", *stop)
    viewer.xdotool("mouseup", 1)


def test_the_person_is_seen_turned_and_dressed_and_the_window_closes(display):
    with (
        publishing(make=lambda seq: message(seq, standing())) as address,
        viewing(display, "--connect", address) as viewer,
    ):
        before = viewer.until(person)
        drag(viewer, (250, 250), (270, 250), (330, 250), (400, 260))
        turned = viewer.until(lambda image: person(image) and (image != before).any(-1).mean() > 0.02)
        # No trace of the pose before: as many limb pixels as a single person has.
        assert count(turned[BODY], DARK.middle) < 1.5 * count(before[BODY], DARK.middle)
        viewer.key("t")
        viewer.until(lambda image: count(image, LIGHT.background) > 100_000 and count(image[BODY], LIGHT.left) > 200)
        ask_to_close(display, viewer.window())
        assert viewer.end() == (0, "")


def no_pose_and_hostile_words(seq):
    """Well-formed messages whose words are no formula, or have no glyphs."""
    word = (r"$\frac{$", "骨格 \N{MECHANICAL ARM} שלום", "x" * 300)[seq % 3]
    joints = np.zeros((3, 3), np.float32)
    words = {"source": word, "model": word, "keypoints_skeleton": word}
    return nobody(word, seq=seq, **words) if seq % 2 else message(seq, joints, skeleton=word, **words)


def test_it_waits_shows_goes_stale_and_hears_a_restarted_publisher(display):
    with publishing() as address:
        pass  # a free port
    with viewing(display, "--connect", address) as viewer:
        viewer.until(lambda image: count(image, DARK.accent) > 50 and not person(image))
        with publishing(address):
            viewer.until(lambda image: person(image) and count(image, DARK.accent) == 0)
        viewer.until(lambda image: count(image, DARK.accent) > 20 and not person(image))
        with publishing(address, no_pose_and_hostile_words):
            viewer.until(lambda image: count(image, DARK.accent) > 20)
        with publishing(address, lambda seq: message(seq, session="next")):
            viewer.until(lambda image: person(image) and count(image, DARK.accent) == 0)
            viewer.process.send_signal(signal.SIGINT)
            assert viewer.end() == (0, "")


def test_a_resized_window_shows_the_person_in_its_new_middle(display):
    def centred(image):
        columns = where(image[:340, :300], DARK.middle)[1]
        return len(columns) > 100 and abs(columns.mean() - 150) < 8

    still = publishing(make=lambda seq: message(seq, standing()))
    with still as address, viewing(display, "--connect", address, "--azimuth", 0) as viewer:
        viewer.until(person)
        viewer.xdotool("windowsize", viewer.window(), 300, 400)
        viewer.until(centred)
        viewer.key("q")
        assert viewer.end() == (0, "")


def test_the_cameras_picture_and_the_help_come_and_go_by_their_keys(display):
    camera = preview_message(image_wh=(320, 240), jpeg=jpeg_of(halves(320, 240)), session="5eed")
    still = publishing(make=lambda seq: message(seq, standing()), preview=camera)

    def has_picture(image):
        corner = image[:150, SIZE - 170 :].astype(int)
        red, blue = (np.abs(corner - colour).max(-1) < 40 for colour in (RED, BLUE))
        return red.sum() > 3000 and blue.sum() > 3000

    def has_help(image):
        return count(image, DARK.accent) > 150

    with still as address, viewing(display, "--connect", address) as viewer:
        viewer.until(lambda image: person(image) and has_picture(image) and not has_help(image))
        viewer.key("i")
        viewer.until(lambda image: person(image) and not has_picture(image))
        for key in ("s", "f", "g", "k", "o", "c", "v"):  # matplotlib's own do nothing
            viewer.key(key)
        viewer.key("question")
        viewer.until(has_help)
        viewer.key("i")
        viewer.until(lambda image: has_help(image) and has_picture(image))
        viewer.key("Escape")
        viewer.until(lambda image: person(image) and has_picture(image) and not has_help(image))
        viewer.key("Escape")
        assert viewer.end() == (0, "")


@pytest.fixture
def recording(tmp_path):
    """Ten seconds: arms down, and up in the second half.  Its name is no formula, and no UTF-8."""
    joints = np.repeat(standing()[None], 300, 0)
    joints[150:] = standing(left_wrist=(0.3, 0, 1.0), left_elbow=(0.3, 0, 0.75))
    np.save(tmp_path / "joints.npy", joints)
    return (tmp_path / "joints.npy").rename(tmp_path / os.fsdecode(b"$\\frac{$\xff.npy"))


def arm_is_up(image):
    rows = where(image[:400], DARK.left)[0]
    return len(rows) > 100 and rows.min() < 120


def test_a_recording_plays_pauses_and_is_scrubbed(display, recording):
    with viewing(display, recording, "--azimuth", 0) as viewer:
        down = viewer.until(person)
        assert not arm_is_up(down)
        viewer.key("space")
        y = SIZE - int(0.045 * SIZE)
        drag(viewer, (60, y), (200, y), (350, y))  # 0.7 of the width: past the middle of the bar
        viewer.until(arm_is_up)
        viewer.key("Home")
        viewer.until(lambda image: person(image) and not arm_is_up(image))
        viewer.key("End")
        viewer.until(arm_is_up)
        ask_to_close(display, viewer.window())
        assert viewer.end() == (0, "")
