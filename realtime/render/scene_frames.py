"""Joints without a picture, drawn in the viewer's scene."""

from __future__ import annotations

import numpy as np

from ..pose import Array, Image
from ..skeleton import H36M17, Skeleton
from ..viewer.blit import Blitter
from ..viewer.body_artists import project
from ..viewer.figure.answered import answered_points, split_feet
from ..viewer.floor import Floor
from ..viewer.scene import Scene
from ..viewer.screen import open_offscreen
from ..viewer.theme import THEMES
from ..viewer.view import Floats, View, can_be_drawn

_FROM_CAMERA_DEG = 90.0  # what is seen by a camera that looks along y is seen from -90°

Place = tuple[float, float]


class SceneFrames:
    """Draws poses of one person, in order, as pictures of `size_wh` px; `seen_from_deg`: in which direction from the
    person the eye is, from x to y."""

    def __init__(self, size_wh: tuple[int, int], seen_from_deg: float, theme: str = "dark") -> None:
        self._screen = open_offscreen(size_wh)
        self._size_wh = size_wh
        self._scene = Scene(self._screen.figure, THEMES[theme], azimuth_deg=seen_from_deg + _FROM_CAMERA_DEG)
        self._blitter = Blitter(self._screen.canvas, *self._scene.layers)
        self._floor = Floor()
        self._shown: Floats | None = None

    def draw(self, joints: Array | None, skeleton: Skeleton, t_s: float) -> Image:
        """The picture (H, W, 3) BGR of joints (J, 3) m, None for nobody; `t_s` must increase."""
        view = self._view(joints, skeleton, t_s)
        self._shown = view.joints
        self._scene.show(view)
        self._blitter.update()
        return np.ascontiguousarray(self._screen.image()[..., 2::-1])

    def place(self, joint: str) -> Place | None:
        """Where a joint of H36M17 is in the newest picture, in shares of its width and height; None for nobody."""
        if self._shown is None:
            return None
        axes = self._scene.axes
        flat, _ = project(axes, self._shown[None, H36M17.index(joint)])
        x, y = axes.transData.transform(flat[0])
        return float(x / self._size_wh[0]), float(1 - y / self._size_wh[1])

    def _view(self, joints: Array | None, skeleton: Skeleton, t_s: float) -> View:
        if joints is None or not can_be_drawn(points := answered_points(joints, skeleton)):
            return View()
        body, own_feet = split_feet(self._floor(points, t_s))
        return View(body, feet=own_feet, own_feet=own_feet is not None)
