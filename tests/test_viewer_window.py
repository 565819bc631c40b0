"""The viewer in a real window on a real X server, fed by a real socket."""

import contextlib
import shutil
import signal
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image
from viewer_scenes import (
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
def display():
    if shutil.which("xdotool") is None or shutil.which("import") is None:
        pytest.skip("xdotool or ImageMagick's import is not installed, so no window can be touched or seen")
    with x_server() as name:
        yield name


class Viewer:
    """viz.py in a window."""

    def __init__(self, display, *flags):
        self.display = display
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", ROOT / "viz.py", "--size", f"{SIZE}x{SIZE}", *map(str, flags)],
            stderr=subprocess.PIPE,
            text=True,
            env=environment(DISPLAY=display),
        )

    def xdotool(self, *command):
        done = subprocess.run(
            ["xdotool", *map(str, command)],
            env=environment(DISPLAY=self.display),
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout.split()

    def window(self):
        return wait_for(lambda: self.xdotool("search", "--onlyvisible", "--name", "3D pose"))[0]

    def screenshot(self):
        command = ["import", "-window", "root", "png:-"]
        shot = subprocess.run(command, env=environment(DISPLAY=self.display), capture_output=True, check=True)
        import io

        return np.asarray(Image.open(io.BytesIO(shot.stdout)).convert("RGB"))[:SIZE, :SIZE]

    def until(self, condition):
        """Wait for a picture that is as it should be, and give it."""

        def seen():
            assert self.process.poll() is None, self.process.stderr.read()
            image = self.screenshot()
            return image if condition(image) else None

        image = [None]

        def there():
            image[0] = seen()
            return image[0] is not None

        wait_for(there)
        return image[0]

    def end(self):
        """Exit code and what was said."""
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
        viewer.xdotool("key", "--window", viewer.window(), "t")
        viewer.until(lambda image: count(image, LIGHT.background) > 100_000 and count(image[BODY], LIGHT.left) > 200)
        viewer.xdotool("windowquit", viewer.window())
        assert viewer.end() == (0, "")


def test_it_waits_shows_goes_stale_and_hears_a_restarted_publisher(display):
    with publishing() as address:
        pass  # a free port
    with viewing(display, "--connect", address) as viewer:
        viewer.until(lambda image: count(image, DARK.accent) > 50 and not person(image))
        with publishing(address):
            viewer.until(lambda image: person(image) and count(image, DARK.accent) == 0)
        viewer.until(lambda image: count(image, DARK.accent) > 20 and not person(image))
        with publishing(address, lambda seq: nobody("no_person", seq=seq)):
            viewer.until(lambda image: count(image, DARK.accent) > 20)
        with publishing(address, lambda seq: message(seq, session="next")):
            viewer.until(lambda image: person(image) and count(image, DARK.accent) == 0)
            viewer.process.send_signal(signal.SIGINT)
            assert viewer.end() == (130, "")


def test_a_resized_window_shows_the_person_in_its_new_middle(display):
    with publishing(make=lambda seq: message(seq, standing())) as address:
        with viewing(display, "--connect", address, "--azimuth", 0) as viewer:
            viewer.until(person)
            viewer.xdotool("windowsize", viewer.window(), 300, 400)

            def centred(image):
                columns = where(image[:340, :300], DARK.middle)[1]
                return len(columns) > 100 and abs(columns.mean() - 150) < 8

            viewer.until(centred)
            viewer.xdotool("key", "--window", viewer.window(), "q")
            assert viewer.end() == (0, "")


@pytest.fixture
def recording(tmp_path):
    """Ten seconds: arms down, and up in the second half."""
    joints = np.repeat(standing()[None], 300, 0)
    joints[150:] = standing(left_wrist=(0.3, 0, 1.0), left_elbow=(0.3, 0, 0.75))
    np.save(tmp_path / "joints.npy", joints)
    return tmp_path / "joints.npy"


def arm_is_up(image):
    rows = where(image[:400], DARK.left)[0]
    return len(rows) > 100 and rows.min() < 120


def test_a_recording_plays_pauses_and_is_scrubbed(display, recording):
    with viewing(display, recording, "--azimuth", 0) as viewer:
        down = viewer.until(person)
        assert not arm_is_up(down)
        window = viewer.window()
        viewer.xdotool("key", "--window", window, "space")
        y = SIZE - int(0.045 * SIZE)
        drag(viewer, (60, y), (200, y), (350, y))  # 0.7 of the width: past the middle of the bar
        viewer.until(arm_is_up)
        viewer.xdotool("key", "--window", window, "Home")
        viewer.until(lambda image: person(image) and not arm_is_up(image))
        viewer.xdotool("key", "--window", window, "End")
        viewer.until(arm_is_up)
        viewer.xdotool("windowquit", window)
        assert viewer.end() == (0, "")
