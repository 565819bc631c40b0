"""The 3D scene: one person on a floor, with text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.text import Text

from .body_artists import Body, Shadow
from .extras.joint_angles import JointAngles
from .extras.joint_names import JointNames
from .extras.trails import Trails
from .figure.points import figure_points
from .ground import Ground
from .plain_text import FittedText
from .theme import Theme
from .view import Floats, View

FROM_CAMERA_DEG = -90.0  # matplotlib's azimuth for a view along +y, like the camera's
SIDE_M = 2.0  # side of the visible cube
EYE_M = 1.0  # height of the view's centre, about that of a pelvis
EXTRAS: dict[str, Callable[[Theme], Trails | JointNames | JointAngles]] = {
    "trails": Trails,
    "joint names": JointNames,
    "angles": JointAngles,
}  # what `toggle` switches
ZOOM, ZOOM_STEP, ZOOM_RANGE = 1.32, 1.1, (0.3, 6.0)


class Scene:
    """A 3D scene of fixed metric size in `figure`, above the fraction `bottom` of its height.

    `show` only updates the artists; the Blitter or `figure.canvas.draw()` draws them.
    `azimuth_deg` moves the viewpoint to the right around the person, 0 is the camera's
    direction; `elevation_deg` raises it.  `side_m` is the visible width.  If the scene
    `turns`, the ground is a layer of its own, so that `turn` needs no full draw.  `text_scale` is
    the size of texts; by default it follows the figure's size.
    """

    def __init__(
        self,
        figure: Figure,
        theme: Theme,
        *,
        azimuth_deg: float = 25.0,
        elevation_deg: float = 12.0,
        side_m: float = SIDE_M,
        bottom: float = 0.0,
        turns: bool = False,
        text_scale: float | None = None,
    ) -> None:
        self.figure = figure
        self.theme = theme
        self._initial_deg = elevation_deg, FROM_CAMERA_DEG + azimuth_deg
        self._side_m, self._text_scale = side_m, text_scale
        self.axes = cast("Any", figure.add_axes((0, bottom, 1, 1 - bottom), projection="3d", computed_zorder=False))
        self.axes.set_axis_off()
        self.axes.set_proj_type("persp", focal_length=1.2)
        self.reset_view()
        self._ground, self._turns = Ground(self.axes, theme, side_m, turns=turns), turns
        self._shadow, self._body = Shadow(theme), Body(theme)
        for artist in (self._shadow, self._body):
            self.axes.add_collection(artist, autolim=False)
            artist.set_visible(False)
        self._extras = {name: extra(theme) for name, extra in EXTRAS.items()}
        self._switched_on: set[str] = set()
        for extra in self._extras.values():
            self.axes.add_artist(extra)
            extra.set_visible(False)
        for artist in self.axes.get_children():
            artist.set_clip_on(False)  # the axes are square, the window may not be
        self._headline = self._text(0.5, 0.93, 15, ha="center", animated=True)
        self._details = self._text(0.03, 0.968, 10.5, linespacing=1.5, animated=True)
        self._legend = [
            (self._text(0.03, 0.030 + bottom, 9.5, va="bottom"), "left", "● left"),
            (self._text(0.03, 0.030 + bottom, 9.5, va="bottom", after_em=4.6), "right", "● right"),
        ]
        for text, _, label in self._legend:
            text.set_text(label)
        self._scale = self._text(0.97, 0.030 + bottom, 9, ha="right", va="bottom")
        self._scale.set_text("grid 0.25 m")
        self._shown = View()
        self._looks = False, False  # dim, and with feet of its own
        self.apply_theme(theme)

    def _text(self, x: float, y: float, size: float, **options: Any) -> Text:
        options = {"ha": "left", "va": "top", "zorder": 5, **options}
        text = FittedText(x, y, size, scale=self._text_scale, transform=self.figure.transFigure, **options)
        self.figure.add_artist(text)
        return text

    @property
    def layers(self) -> tuple[tuple[Artist, ...], ...]:
        """The artists that `show` updates, rarely changing ones first."""
        ground = (self._ground.artists,) if self._turns else ()
        return (self._headline, self._details), *ground, self._moving

    @property
    def _moving(self) -> tuple[Artist, ...]:
        """The artists that follow the pose, in drawing order."""
        artists = (self._shadow, self._body, *self._extras.values())
        return tuple(sorted(artists, key=lambda artist: artist.get_zorder()))

    def toggle(self, name: str) -> bool:
        """Switch one of EXTRAS, which are off at first.  Returns whether it is on now."""
        extra = self._extras[name]
        self._switched_on ^= {name}
        is_on = name in self._switched_on
        if is_on and self._shown.joints is not None:
            extra.show(self._shown)
        extra.set_visible(is_on and self._shown.joints is not None)
        return is_on

    def reset_view(self) -> None:
        """Restore the initial viewpoint and zoom; needs a full draw."""
        half = self._side_m / 2
        self.axes.set(xlim=(-half, half), ylim=(-half, half), zlim=(EYE_M - half, EYE_M + half))
        self._zoom = ZOOM
        self.axes.set_box_aspect((1, 1, 1), zoom=self._zoom)
        self.axes.view_init(*self._initial_deg)

    def turn(self, azimuth_deg: float) -> None:
        """Rotate the viewpoint around the person; only for a scene that `turns`."""
        self.axes.view_init(self._initial_deg[0], FROM_CAMERA_DEG + azimuth_deg)
        self.axes.M = self.axes.get_proj()  # otherwise only a full draw updates it
        for artist in (*self._ground.artists, *self._moving):
            artist.stale = True

    def zoom(self, steps: float) -> None:
        """Zoom in (out, if negative); needs a full draw."""
        low, high = ZOOM_RANGE
        self._zoom = min(max(low, self._zoom * ZOOM_STEP**steps), high)
        self.axes.set_box_aspect((1, 1, 1), zoom=self._zoom)

    def apply_theme(self, theme: Theme) -> None:
        """Apply another theme; needs a full draw."""
        self.theme = theme
        self.figure.set_facecolor(theme.background)
        self.axes.set_facecolor("none")
        self._ground.apply_theme(theme)
        self._shadow.apply_theme(theme)
        self._body.apply_theme(theme, *self._looks)
        for extra in self._extras.values():
            extra.apply_theme(theme)
        self._headline.set_color(theme.accent)
        for text in (self._details, self._scale):
            text.set_color(theme.faint)
        for text, side, _ in self._legend:
            text.set_color(theme.side(side))

    def show(self, view: View) -> None:
        """Update the artists for the next draw."""
        if view.joints is not None and not self._shows(view):
            points, head = figure_points(view.joints, view.feet)
            self._shadow.place(points, head)
            self._body.place(points, head)
            for name in self._switched_on:
                self._extras[name].show(view)
        moving: list[Artist] = [self._shadow, self._body, *(self._extras[name] for name in self._switched_on)]
        for artist in moving:
            artist.set_visible(view.joints is not None)
        self._shown = view
        if (looks := (view.dim, view.own_feet)) != self._looks:
            self._looks = looks
            self._body.apply_theme(self.theme, *looks)
        self._headline.set_text(view.headline)
        self._details.set_text(view.details)

    def _shows(self, view: View) -> bool:
        return _same(view.joints, self._shown.joints) and _same(view.feet, self._shown.feet)


def _same(a: Floats | None, b: Floats | None) -> bool:
    return a is b or (a is not None and b is not None and np.array_equal(a, b))
