"""Fading lines behind wrists and ankles."""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba
from matplotlib.transforms import Bbox

from ...skeleton import H36M17
from ..body_artists import box_px, project
from ..theme import Theme
from ..view import Floats, View

JOINTS = ("left_wrist", "right_wrist", "left_ankle", "right_ankle")
SPAN_S = 1.2
STEPS = 24  # segments of a line
_GAP_S = 0.5  # the line is not drawn across
_ALPHA, _WIDTH_PT = 0.75, 3.0  # at the joint; both fall to 0
_INDICES = H36M17.indices(JOINTS)


class History:
    """Where the joints were, over the last `SPAN_S`."""

    def __init__(self) -> None:
        self._past: deque[tuple[float, Floats]] = deque()

    def add(self, joints: Floats, t_s: float) -> None:
        """Add the joints (17, 3) m at a time, s.  After a gap or a step back it starts anew."""
        if self._past and not 0 <= t_s - self._past[-1][0] <= _GAP_S:
            self._past.clear()
        if self._past and t_s == self._past[-1][0]:
            self._past.pop()
        self._past.append((t_s, joints[_INDICES]))
        while t_s - self._past[0][0] > SPAN_S:
            self._past.popleft()

    def points(self) -> Floats:
        """The paths (4, STEPS + 1, 3) m in even steps of time, oldest first; what lies before the
        first pose is that pose.  At least one pose must have been added."""
        times = np.array([t_s for t_s, _ in self._past])
        places = np.stack([joints for _, joints in self._past])
        at = np.searchsorted(times, np.linspace(times[-1] - SPAN_S, times[-1], STEPS + 1))
        return np.swapaxes(places[np.minimum(at, len(times) - 1)], 0, 1)


class Trails(LineCollection):
    """The paths of the four joints in the colours of their sides."""

    def __init__(self, theme: Theme) -> None:
        self._history = History()
        self._points: Floats = np.zeros((len(JOINTS), STEPS + 1, 3))
        self._lines = np.zeros((len(JOINTS) * STEPS, 2, 2))  # each line's path is a view into this
        age = np.tile(np.arange(1, STEPS + 1) / STEPS, len(JOINTS))
        self._age = age
        super().__init__(list(self._lines), animated=True, zorder=9.5, capstyle="butt", linewidths=_WIDTH_PT * age)
        self._box = Bbox.null()
        self.apply_theme(theme)

    def apply_theme(self, theme: Theme) -> None:
        """Apply the theme's colours."""
        colours = np.repeat([to_rgba(theme.side(name.partition("_")[0])) for name in JOINTS], STEPS, axis=0)
        colours[:, 3] = _ALPHA * self._age
        self.set_edgecolor(list(map(tuple, colours)))

    def show(self, view: View) -> None:
        """Add the pose of a view."""
        if view.joints is not None:
            self._history.add(view.joints, view.t_s)
            self._points, self.stale = self._history.points(), True

    def do_3d_projection(self) -> float:
        """Project the lines; called on every draw."""
        xy, distance = project(self.axes, self._points)
        self._lines[:] = np.stack([xy[:, :-1], xy[:, 1:]], 2).reshape(self._lines.shape)
        self._box = box_px(self.axes, xy)
        return float(distance.min())

    def get_window_extent(self, renderer: Any = None) -> Bbox:  # noqa: ARG002 - matplotlib's signature
        """Bounding box as last drawn, pixels."""
        return self._box
