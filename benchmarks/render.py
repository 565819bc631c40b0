"""How much faster a film of input beside reconstruction is drawn than by matplotlib anew.

"matplotlib anew" is a figure with the picture by `imshow` and the skeletons in 2D and 3D
axes, cleared and drawn in full for every frame, at the film's size; "matplotlib kept" only
gives its artists new data, and draws all in full.  All ways take turns on the same frames
of the demo clip, whose keypoints and joints were estimated before, so that whatever else
the machine does falls on all of them.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from realtime.estimation import build
from realtime.films.mp4 import Mp4
from realtime.pose import Estimate, Frame, Image
from realtime.render.layout import Layout
from realtime.render.panels import Panels
from realtime.settings import parse_settings
from realtime.skeleton import COCO17, H36M17, Skeleton
from realtime.viewer import keypoint_limbs, limbs
from realtime.viewer.screen import DPI
from realtime.viewer.theme import THEMES

ROUNDS, FRAMES = 6, 10  # of each way, in turn
FPS = 30.0
DARK = THEMES["dark"]

Row = tuple[Frame, Estimate]


def estimated(frames: int) -> list[Row]:
    """The clip's first frames, with what the program makes of them."""
    settings = parse_settings(["--source", "demo", "--every-frame", "--detector", "blazepose"])
    with ExitStack() as cleanup:
        detect, source = build.detector_and_source(settings, cleanup)
        estimate = build.estimator(settings, detect)
        rows: list[Row] = []
        while len(rows) < frames:
            frame = source.read(1.0)
            if frame is not None:
                rows += [(frame, person) for person in estimate(frame)[:1]]
    return rows


class Plain:
    """The same content at the same size, by matplotlib's full draw of everything; axes are
    cleared and filled for every frame unless artists are `kept`."""

    def __init__(self, layout: Layout, *, kept: bool) -> None:
        width, height = layout.film_wh
        self._figure = Figure(figsize=(width / DPI, height / DPI), dpi=DPI, facecolor=DARK.background)
        self._canvas = FigureCanvasAgg(self._figure)
        edge = layout.scene.left / width
        self._flat: Any = self._figure.add_axes((0, 0, edge, 0.92))
        self._deep: Any = self._figure.add_axes((edge, 0, 1 - edge, 0.92), projection="3d")
        self._kept = kept
        self._is_filled = False

    def draw(self, row: Row) -> Image:
        """The whole figure, (H, W, 4) RGBA."""
        frame, found = row
        assert found.keypoints is not None
        picture, xy = frame.image[..., ::-1], found.keypoints.select(COCO17).xy
        if self._kept and self._is_filled:
            self._picture.set_data(picture)
            for line, pair in zip(self._limbs_2d, limbs.ends(COCO17, keypoint_limbs.LIMBS), strict=True):
                line.set_data(*xy[pair].T)
            for line, pair in zip(self._limbs_3d, limbs.ends(), strict=True):
                line.set_data_3d(*found.pose.xyz[pair].T)
        else:
            self._fill(picture, xy, found.pose.xyz)
        self._canvas.draw()
        return np.array(self._canvas.buffer_rgba())

    def _fill(self, picture: Image, xy: Any, xyz: Any) -> None:
        self._is_filled = True
        self._flat.clear()
        self._flat.set_title("Input", color=DARK.text)
        self._picture = self._flat.imshow(picture)
        self._flat.set_axis_off()
        self._limbs_2d = _plot(self._flat, xy, COCO17, keypoint_limbs.LIMBS)
        self._deep.clear()
        self._deep.set_title("Reconstruction", color=DARK.text)
        self._deep.set(xlim=(-1, 1), ylim=(-1, 1), zlim=(-1, 1))
        self._deep.view_init(12, -65)
        self._limbs_3d = _plot(self._deep, xyz, H36M17, limbs.LIMBS)


def _plot(axes: Any, joints: Any, skeleton: Skeleton, table: tuple[limbs.Limb, ...]) -> list[Any]:
    return [
        axes.plot(*joints[pair].T, "o-", color=DARK.side(limbs.side(limb, skeleton)), linewidth=3)[0]
        for limb, pair in zip(table, limbs.ends(skeleton, table), strict=True)
    ]


def ways(size_wh: tuple[int, int], folder: Path, cleanup: ExitStack) -> dict[str, Callable[[Row], object]]:
    """Each way to draw a frame, and those again that also write it as H.264."""
    plain = {name: Plain(Layout(size_wh), kept=kept).draw for name, kept in (("anew", False), ("kept", True))}
    panels = {name: Panels(size_wh, turning=bool(name)) for name in ("", ", turning")}
    drawn: dict[str, Callable[[Row], Image]] = {f"matplotlib {name}": draw for name, draw in plain.items()}
    drawn |= {f"panels{name}": _row_drawer(way) for name, way in panels.items()}
    return {
        **drawn,
        **{f"{name} + mp4": _writer(draw, folder / f"{name}.mp4", cleanup) for name, draw in drawn.items()},
    }


def _row_drawer(panels: Panels) -> Callable[[Row], Image]:
    return lambda row: panels.draw(row[0].image, row[1].keypoints, row[1].pose, time_s(row))


def _writer(draw: Callable[[Row], Image], path: Path, cleanup: ExitStack) -> Callable[[Row], object]:
    film = cleanup.enter_context(closing(Mp4(path, FPS)))
    return lambda row: film.write(draw(row), time_s(row))


def time_s(row: Row) -> float:
    """When the frame was seen."""
    return row[0].t_capture_ns / 1e9


def seconds_a_frame(draw: Callable[[Row], object], rows: list[Row]) -> float:
    start_s = time.perf_counter()
    for row in rows:
        draw(row)
    return (time.perf_counter() - start_s) / len(rows)


def main() -> None:
    rows = estimated(FRAMES * (ROUNDS + 1))
    size_wh = rows[0][0].size_wh
    width, height = Layout(size_wh).film_wh
    times: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder, ExitStack() as cleanup:
        drawn = ways(size_wh, Path(folder), cleanup)
        for turn in range(ROUNDS + 1):
            for name, draw in drawn.items():
                some = rows[turn * FRAMES : (turn + 1) * FRAMES]
                times.setdefault(name, []).append(seconds_a_frame(draw, some))
    print(f"a film of {width} x {height} pixels; frames per second, and times as fast as matplotlib anew")
    for name, spent in times.items():
        plain = times["matplotlib anew" + (" + mp4" if "mp4" in name else "")]
        ratio = statistics.median(p / s for p, s in zip(plain[1:], spent[1:], strict=True))  # the first warms up
        print(f"{name:24}{1 / statistics.median(spent[1:]):8.1f}{ratio:8.1f}")
    print("wanted: panels at least 5 x")


if __name__ == "__main__":
    main()
