"""One frame of the film: the video with its keypoints, beside the reconstruction."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.colors import to_rgba

from ..pose import BRIDGED, WARMING_UP, Image, Pose2D, Pose3D
from ..runtime import optional
from ..viewer.blit import Blitter
from ..viewer.figure.answered import answered_points, split_feet
from ..viewer.figure.seen_feet import FOOT_POINTS, Keypoints, SeenFeet
from ..viewer.floor import Floor
from ..viewer.live_view import HEADLINES
from ..viewer.scene import Scene
from ..viewer.screen import open_offscreen
from ..viewer.theme import THEMES, Theme
from ..viewer.view import View
from .layout import MARGIN_PX, Box, Layout
from .overlay import Overlay

AZIMUTH_DEG = 25.0
TITLE_PT, TEXT_SCALE = 17.0, 1.45  # readable in a film that is shown half as large
TURN_DEG_S = 20.0  # one revolution in 18 s

_NOBODY, _LOST = "no person", "person temporarily lost"
_NOTES = {BRIDGED: _LOST, WARMING_UP: "window warming up"}


class Panels:
    """Draws the frames of one film, in order.  Not thread-safe.

    `size_wh` is the video's size in pixels, `layout` the resulting panels.  Frames of another
    size are fitted into the same panel.  `turning` slowly rotates the view around the person.

    The scene is the viewer's, drawn by blitting.  Drawing it with OpenCV would save less time
    than the encoder takes (benchmarks/render.py).
    """

    def __init__(self, size_wh: tuple[int, int], *, turning: bool = False, theme: str = "dark") -> None:
        self.layout = Layout(size_wh)
        self._cv2 = optional.opencv("a film")
        self._turning = turning
        self._overlay = Overlay(THEMES[theme])
        self._screen = open_offscreen((self.layout.scene.width, self.layout.scene.height))
        scale = self.layout.text_scale
        self._scene = Scene(
            self._screen.figure, THEMES[theme], azimuth_deg=AZIMUTH_DEG, turns=turning, text_scale=TEXT_SCALE * scale
        )
        self._blitter = Blitter(self._screen.canvas, *self._scene.layers)
        self._floor = Floor()
        self._feet = SeenFeet()
        self._person: int | None = None
        width, height = self.layout.film_wh
        self._empty = np.empty((height, width, 4), np.uint8)
        self._empty[:] = np.round(255 * np.array(to_rgba(THEMES[theme].background)))
        above_input, above_scene = self.layout.headings
        self._empty[above_scene.pixels] = Heading(above_scene, "Reconstruction", THEMES[theme], scale).with_note()
        note_px = self.layout.input.left + self.layout.input.width
        self._heading = Heading(above_input, "Input", THEMES[theme], scale, note_px)
        self._film = self._empty.copy()
        self._placed = self.layout.input

    def draw(self, image: Image, keypoints: Pose2D | None, pose: Pose3D, t_s: float) -> Image:
        """The film's frame (H, W, 4) RGBA for a video frame `image` (H, W, 3) BGR, its keypoints
        and its 3D pose; `t_s` must increase.  The next call overwrites the array."""
        self._paste(image, keypoints)
        self._film[self.layout.scene.pixels] = self._reconstruction(keypoints, pose, t_s)
        self._film[self.layout.headings[0].pixels] = self._heading.with_note(_note(keypoints))
        return self._film

    def _paste(self, image: Image, keypoints: Pose2D | None) -> None:
        height, width = image.shape[:2]
        panel, box = self.layout.input, self.layout.input.fit((width, height))
        if box != self._placed:
            self._film[panel.pixels] = self._empty[panel.pixels]
            self._placed = box
        shrinks = box.width < width
        picture = self._cv2.resize(
            np.ascontiguousarray(image),
            (box.width, box.height),
            interpolation=self._cv2.INTER_AREA if shrinks else self._cv2.INTER_LINEAR,
        )
        if keypoints is not None:
            self._overlay.draw(picture, keypoints)
        self._film[box.pixels] = self._cv2.cvtColor(picture, self._cv2.COLOR_BGR2RGBA)

    def _reconstruction(self, keypoints: Pose2D | None, pose: Pose3D, t_s: float) -> Image:
        if self._turning:
            self._scene.turn(AZIMUTH_DEG + TURN_DEG_S * t_s)
        self._scene.show(self._view(keypoints, pose, t_s))
        self._blitter.update()
        return self._screen.image()

    def _view(self, keypoints: Pose2D | None, pose: Pose3D, t_s: float) -> View:
        if not pose.valid:
            return View(headline=HEADLINES.get(pose.reason, pose.reason.replace("_", " ")))
        person = None if keypoints is None else keypoints.person
        if person != self._person:
            self._person = person
            self._floor.reset()
            self._feet.reset()
        joints, own_feet = split_feet(self._floor(answered_points(pose.xyz, pose.skeleton), t_s))
        seen = None if keypoints is None else _seen(keypoints, pose)
        feet = self._feet(joints, seen, t_s) if own_feet is None else own_feet
        return View(joints, details=_NOTES.get(pose.reason, ""), feet=feet, own_feet=own_feet is not None)


class Heading:
    """The strip above a panel; each text is drawn once and cached."""

    def __init__(self, box: Box, title: str, theme: Theme, scale: float, note_px: int = 0) -> None:
        self._screen = open_offscreen((box.width, box.height))
        figure, middle = self._screen.figure, 0.45
        figure.set_facecolor(theme.background)
        style: dict[str, Any] = {"size": TITLE_PT * scale, "va": "center_baseline"}
        figure.text(MARGIN_PX / box.width, middle, title, color=theme.text, **style)
        self._note = figure.text(note_px / box.width, middle, "", color=theme.accent, ha="right", **style)
        self._cache: dict[str, Image] = {}

    def with_note(self, note: str = "") -> Image:
        """The strip (H, W, 4) RGBA with a note that ends at `note_px`."""
        if note not in self._cache:
            self._note.set_text(note)
            self._screen.canvas.draw()
            self._cache[note] = self._screen.image()
        return self._cache[note]


def _seen(keypoints: Pose2D, pose: Pose3D) -> Keypoints:
    """Keypoints to draw feet by: a foot's score is the lowest of its points'."""
    trust = [
        min(score for name, score in zip(keypoints.skeleton.joints, keypoints.score, strict=True) if name in foot)
        for foot in FOOT_POINTS
    ]
    return Keypoints(keypoints.xy, keypoints.skeleton, np.array(trust), keypoints.size_wh, pose.root_m)


def _note(keypoints: Pose2D | None) -> str:
    if keypoints is None:
        return _NOBODY
    return _LOST if keypoints.bridged else ""
