"""How much faster the viewer's blitting, with the camera's picture, is than matplotlib's full redraw, and how
soon it shows a picture.

Both draw the same poses in the same scene at the same size, in turn, so that whatever else
the machine does falls on both.  In memory (Agg), and in a window (TkAgg, or QtAgg) where there is a
display: there a frame counts once the window system has been handed it.

The start is that of a new process, until it has drawn the scene, in memory or in a window.  Its
processor time is printed too: other programs on the machine hardly change that.

    python benchmarks/viewer.py
    xvfb-run python benchmarks/viewer.py
"""

from __future__ import annotations

import itertools
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from realtime.errors import DisplayError
from realtime.skeleton import BLAZEPOSE33
from realtime.viewer.blit import Blitter
from realtime.viewer.inset.camera_view import CameraView
from realtime.viewer.inset.inset import Inset
from realtime.viewer.scene import Scene
from realtime.viewer.screen import Screen, open_offscreen, open_window
from realtime.viewer.theme import THEMES
from realtime.viewer.view import View

ROOT = Path(__file__).resolve().parent.parent
SIZE = (800, 800)
STARTS = 5
START = """
from realtime.commands import view
from realtime.viewer import app
from realtime.viewer.screen import open_offscreen, open_window
from realtime.viewer.blit import Blitter
screen = {opening}
scene = app.Options().scene(screen)
Blitter(screen.canvas, *scene.layers).update()
screen.pump()
"""
ROUNDS, FRAMES = 8, 15  # of each way, in turn
PREVIEW_EVERY = 2  # frames; at 30 poses a second there are 15 pictures
DETAILS_EVERY = 15  # frames; the words in the corner change twice a second, poses come at 30 fps


def demo_views() -> Iterator[View]:
    """The demo clip's true poses, over and over."""
    truth = np.load(ROOT / "realtime/assets/demo_truth.npz")
    joints: NDArray[np.float64] = truth["joints_3d_world"] - truth["joints_3d_world"][:, :1]
    joints[..., 2] -= joints[..., 2].min()
    for i in itertools.count():
        yield View(joints[i % len(joints)], details=f"30 fps   {i // DETAILS_EVERY % 100} ms")


def camera_views() -> Iterator[CameraView]:
    """Pictures as large as they come, with a person in them, of BlazePose's points."""
    rng = np.random.default_rng(1)
    pictures = rng.integers(0, 256, (10, 180, 320, 3), np.uint8)
    xy, score = rng.uniform((0.4, 0.2), (0.6, 0.8), (10, len(BLAZEPOSE33), 2)), np.ones(len(BLAZEPOSE33))
    for i in itertools.count():
        yield CameraView(pictures[i % 10], xy[i % 10], score, BLAZEPOSE33)


def drawn_by(screen: Screen, blitting: bool) -> Callable[[View], None]:
    """A way to bring a view onto a screen."""
    scene = Scene(screen.figure, THEMES["dark"])
    inset, cameras, frames = Inset(screen.figure, scene.theme), camera_views(), itertools.count()
    words, *moving = scene.layers
    layers = [words, inset.artists, *moving]
    blitter = Blitter(screen.canvas, *layers) if blitting else None
    for artist in itertools.chain(*layers):
        artist.set_animated(blitting)

    def draw(view: View) -> None:
        scene.show(view)
        if next(frames) % PREVIEW_EVERY == 0:
            inset.show(next(cameras))
        if blitter is None:
            screen.canvas.draw()
        else:
            blitter.update()
        screen.pump()

    return draw


def compare(open_screen: Callable[[tuple[int, int]], Screen]) -> tuple[float, float]:
    """Frames per second of (blitting, full redraw), medians over rounds."""
    screens = open_screen(SIZE), open_screen(SIZE)
    ways = [drawn_by(screen, blitting) for screen, blitting in zip(screens, (True, False), strict=True)]
    views = demo_views()

    def seconds_a_frame(draw: Callable[[View], None]) -> float:
        draw(next(views))  # what a pause has left undone, outside the clock
        start_s = time.perf_counter()
        for _ in range(FRAMES):
            draw(next(views))
        return (time.perf_counter() - start_s) / FRAMES

    rounds = [[seconds_a_frame(draw) for draw in ways] for _ in range(ROUNDS)]
    for screen in screens:
        screen.close()
    blit_s, full_s = np.median(rounds, axis=0)
    return 1 / blit_s, 1 / full_s


def start_s(script: str) -> tuple[float, float]:
    """Seconds until a new process has drawn its first frame, and its processor time till then; the
    fastest of some."""
    times = []
    for _ in range(STARTS):
        begin_s, before_s = time.perf_counter(), processor_s()
        subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True)
        times.append((time.perf_counter() - begin_s, processor_s() - before_s))
    return min(times)


def processor_s() -> float:
    """Processor time of the processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> int:
    """Print both rates and their ratio, and the start, for each kind of screen."""
    print(f"viewer, {SIZE[0]}x{SIZE[1]} pixels, same scene; frames per second")
    print(f"{'':22}{'blitting':>10}{'full redraw':>13}{'ratio':>8}   start (processor)")
    for name, open_screen, opening in (
        ("memory (Agg)", open_offscreen, "open_offscreen((800, 800))"),
        ("window", _window, "open_window((800, 800), 'start')"),
    ):
        try:
            blit_hz, full_hz = compare(open_screen)
        except DisplayError as fault:
            print(f"{name:22}left out: {str(fault).partition(';')[0]}")
            continue
        wall_s, used_s = start_s(START.format(opening=opening))
        print(
            f"{name:22}{blit_hz:10.0f}{full_hz:13.1f}{blit_hz / full_hz:8.1f}{wall_s:8.2f} s ({used_s:.2f} s)",
            flush=True,
        )
    print("wanted: ratio at least 7, at least 60 frames per second, start at most 2 s")
    return 0


def _window(size_wh: tuple[int, int]) -> Screen:
    return open_window(size_wh, "viewer benchmark")


if __name__ == "__main__":
    sys.exit(main())
