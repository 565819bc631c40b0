"""The moving artists: the body and its shadow.

Both are matplotlib collections that project themselves (`do_3d_projection`) with the
axes' current matrix.  A full redraw calls that itself; the Blitter calls it before
`draw_artist`, so both draw the same image.  No 3D scatter is used, because it cannot be
blitted (matplotlib#17632).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import to_rgba
from matplotlib.path import Path
from matplotlib.transforms import Bbox

from ..skeleton import H36M17, Skeleton
from . import limbs
from .theme import Theme
from .view import Floats

JOINT_WIDTH_M = 0.075
RIM_WIDTH_M = 0.022  # background-coloured outline that separates overlapping limbs
DIM_ALPHA = 0.35
_SHORTEST_M = 1e-6  # projected on the floor; a vertical limb has no direction there


def project(axes: Any, xyz: Floats) -> tuple[Floats, Floats]:
    """World points (..., 3) m → positions (..., 2) in the flat coordinates of the Axes3D,
    and distances (...) from the viewpoint in its units."""
    homogeneous = xyz @ axes.M[:, :3].T + axes.M[:, 3]
    distance = homogeneous[..., 3]
    return homogeneous[..., :2] / distance[..., None], distance


def points_per_metre(axes: Any) -> float:
    """Typographic points per metre, perpendicular to the viewing direction at distance 1."""
    bottom, top = axes.transData.transform([(0.0, 0.0), (0.0, 1.0)])[:, 1]
    return float(np.linalg.norm(axes.M[1, :3]) * (top - bottom) * 72 / axes.figure.dpi)


def box_px(axes: Any, xy: Floats, margin_pt: float = 0.0) -> Bbox:
    """Bounding box in pixels of positions (..., 2) in flat coordinates, plus a margin."""
    pixels = axes.transData.transform(xy.reshape(-1, 2))
    margin_px = margin_pt * axes.figure.dpi / 72
    return Bbox([pixels.min(0) - margin_px, pixels.max(0) + margin_px])


class Body(LineCollection):
    """Limbs and round joints in depth order, nearest last; line widths follow from their
    widths in metres by perspective."""

    def __init__(self, theme: Theme, skeleton: Skeleton = H36M17) -> None:
        count, joints = len(limbs.LIMBS), range(len(skeleton))
        self._ends = np.concatenate([limbs.ends(skeleton), np.stack([joints, joints], 1)])
        limb, end = np.indices((count, 2)).reshape(2, -1)
        self._limb_at_end, self._joint_at_end = limb, count + self._ends[limb, end]
        self._sides = [limbs.side(limb, skeleton) for limb in limbs.LIMBS]
        self._sides += [skeleton.side(joint) for joint in joints]
        widths = np.array([limb.width_m for limb in limbs.LIMBS] + [JOINT_WIDTH_M] * len(skeleton))
        # Every stroke is drawn twice: the outline, then the colour.
        self._widths_m = np.stack([widths + RIM_WIDTH_M, widths], 1)
        self._joints: Floats = np.zeros((len(skeleton), 3))
        # Each stroke's path is a view into this array, so filling it updates all paths.
        self._strokes = np.zeros((2 * len(self._ends), 2, 2))
        super().__init__(list(self._strokes), capstyle="round", animated=True, zorder=10)
        self._box = Bbox.null()
        self.set_snap(False)  # snapping to pixels makes vertical limbs jitter
        self.apply_theme(theme)

    def apply_theme(self, theme: Theme, dim: bool = False) -> None:
        """Apply the theme's colours; `dim` marks a stale pose."""
        fill = np.array([to_rgba(theme.side(side)) for side in self._sides])
        rim = np.broadcast_to(to_rgba(theme.background), fill.shape)
        strength = DIM_ALPHA if dim else 1.0
        self._colours = np.stack([rim, strength * fill + (1 - strength) * rim], 1)
        self.stale = True

    def place(self, joints: Floats) -> None:
        """Set the joints (J, 3) m, world coordinates."""
        self._joints, self.stale = joints, True

    def do_3d_projection(self) -> float:
        """Project, sort by depth (far to near) and set the strokes; called on every draw."""
        xy, distance = project(self.axes, self._joints)
        strokes = xy[self._ends]
        strokes[len(limbs.LIMBS) :, 1, 0] += 1e-9  # a zero-length line is drawn without caps
        far = distance[self._ends].mean(1)
        # A joint is drawn over every limb that ends in it.
        np.minimum.at(far, self._joint_at_end, far[self._limb_at_end] - 1e-6)
        order = np.argsort(-far, kind="stable")
        widths = self._widths_m * points_per_metre(self.axes) / far[:, None]
        self._strokes[:] = np.repeat(strokes[order], 2, axis=0)
        self.set_linewidth(widths[order].ravel())
        self._box = box_px(self.axes, xy, float(widths.max()) / 2)
        self.set_color(list(self._colours[order].reshape(-1, 4)))
        return float(far.min())

    def get_window_extent(self, renderer: Any = None) -> Bbox:  # noqa: ARG002 - matplotlib's signature
        """Bounding box as last drawn, pixels."""
        return self._box


class Shadow(PathCollection):
    """A soft shadow on the floor, vertically below the limbs.

    Each limb casts a capsule.  All capsules of a layer form one path with the same winding,
    so overlaps within a layer are not darker.
    """

    HALF_WIDTHS_M = (0.115, 0.08, 0.045)
    ALPHA = 0.085  # of one layer
    ARC = 4  # points on each end of a capsule

    def __init__(self, theme: Theme, skeleton: Skeleton = H36M17) -> None:
        self._ends = limbs.ends(skeleton)
        self._joints: Floats = np.zeros((len(skeleton), 3))
        turn = np.linspace(-np.pi / 2, np.pi / 2, self.ARC)
        arc = np.stack([np.cos(turn), np.sin(turn)], 1)
        self._outline = np.concatenate([arc, -arc, arc[:1]])  # along and across the limb, closed
        self._end_of = np.repeat([1, 0, 1], [self.ARC, self.ARC, 1])
        codes = np.full((len(self._ends), len(self._outline)), Path.LINETO, np.uint8)
        codes[:, 0], codes[:, -1] = Path.MOVETO, Path.CLOSEPOLY
        self._outlines = np.zeros((len(self.HALF_WIDTHS_M), codes.size, 2))  # the paths are views
        paths = [Path(outline, codes.ravel()) for outline in self._outlines]
        super().__init__(paths, animated=True, zorder=9, linewidths=0)
        self._box = Bbox.null()
        self.apply_theme(theme)

    def apply_theme(self, theme: Theme) -> None:
        """Apply the theme's colours."""
        self.set_facecolor(to_rgba(theme.shadow, self.ALPHA))

    def place(self, joints: Floats) -> None:
        """Set the joints (J, 3) m, world coordinates."""
        self._joints, self.stale = joints, True

    def _capsules(self) -> Floats:
        """Outlines (layers, limbs, points, 3) on the floor, all with the same winding."""
        ends = self._joints[self._ends, :2]
        along = ends[:, 1] - ends[:, 0]
        along = np.where(np.abs(along).max(1, keepdims=True) > _SHORTEST_M, along, (1.0, 0.0))
        along /= np.sqrt((along**2).sum(1, keepdims=True))
        across = along[:, ::-1] * (-1.0, 1.0)
        rim = self._outline @ np.stack([along, across], 1)
        flat = ends[:, self._end_of] + np.multiply.outer(self.HALF_WIDTHS_M, rim)
        return np.concatenate([flat, np.zeros_like(flat[..., :1])], -1)

    def do_3d_projection(self) -> float:
        """Place the capsules on the floor and project them; called on every draw."""
        xy, distance = project(self.axes, self._capsules())
        self._outlines[:] = xy.reshape(self._outlines.shape)
        self._box = box_px(self.axes, xy[0])  # the first layer is the widest
        return float(distance.min())

    def get_window_extent(self, renderer: Any = None) -> Bbox:  # noqa: ARG002 - matplotlib's signature
        """Bounding box as last drawn, pixels."""
        return self._box
