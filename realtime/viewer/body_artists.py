"""The moving artists: the body and its shadow.

Both are matplotlib collections of filled capsules that project themselves (`do_3d_projection`)
with the axes' current matrix.  A full redraw calls that itself; the Blitter calls it before
`draw_artist`, so both draw the same image.  No 3D scatter is used, because it cannot be
blitted (matplotlib#17632).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.collections import PathCollection
from matplotlib.colors import to_rgba
from matplotlib.path import Path
from matplotlib.transforms import Bbox, IdentityTransform

from ..skeleton import H36M17
from . import limbs
from .figure.capsules import capsules
from .figure.head import Head
from .figure.points import FIGURE
from .theme import Theme
from .view import Floats

JOINT_WIDTH_M, NOSE_WIDTH_M = 0.075, 0.05
HEAD_END = "head_top"  # it lies on the head that is drawn, without a disc
RIM_WIDTH_M = 0.011  # background-coloured outline that separates overlapping limbs
DRAWN_ALPHA = 0.6  # of the head and of feet that are not measured
DIM_ALPHA = 0.35


def project(axes: Any, xyz: Floats) -> tuple[Floats, Floats]:
    """World points (..., 3) m → positions (..., 2) in the flat coordinates of the Axes3D,
    and distances (...) from the viewpoint in its units."""
    homogeneous = xyz @ axes.M[:, :3].T + axes.M[:, 3]
    distance = homogeneous[..., 3]
    return homogeneous[..., :2] / distance[..., None], distance


def to_pixels(axes: Any) -> Floats:
    """Matrix (3, 3) from the flat coordinates of the Axes3D to pixels."""
    matrix: Floats = axes.transData.get_affine().get_matrix()
    return matrix


def px_per_metre(axes: Any) -> float:
    """Pixels per metre, perpendicular to the viewing direction at distance 1."""
    return float(np.linalg.norm(axes.M[1, :3]) * to_pixels(axes)[1, 1])


def box_px(axes: Any, xy: Floats) -> Bbox:
    """Bounding box in pixels of positions (..., 2) in flat coordinates."""
    return _box_around(axes.transData.transform(xy.reshape(-1, 2)))


def _box_around(points: Floats) -> Bbox:
    """Bounding box of points (n, 2)."""
    x, y = points.T  # a column at a time: NumPy takes five times as long for both at once
    return Bbox([[x.min(), y.min()], [x.max(), y.max()]])


class _Capsules(PathCollection):
    """Filled paths of capsules: `paths` of them, each of `capsules_each` with `arc` points an end."""

    def __init__(self, paths: int, capsules_each: int, arc: int, zorder: float) -> None:
        self._arc = arc
        codes = np.full((capsules_each, 2 * arc + 1), Path.LINETO, np.uint8)
        codes[:, 0], codes[:, -1] = Path.MOVETO, Path.CLOSEPOLY
        # Each path is a view into this array, so filling it updates all paths.
        self._outlines = np.zeros((paths, codes.size, 2))
        filled = [Path(outline, codes.ravel()) for outline in self._outlines]
        super().__init__(filled, animated=True, zorder=zorder, linewidths=0, edgecolors="none")
        self.set_transform(IdentityTransform())  # pixels: matplotlib's chain of transforms takes longer than drawing
        self.set_snap(False)  # snapping to pixels makes vertical limbs jitter
        self._box = Bbox.null()

    def _fill(self, outlines_px: Floats) -> None:
        """Set the outlines (paths, capsules_each, points, 2)."""
        self._outlines[:] = outlines_px.reshape(self._outlines.shape)
        self._box = _box_around(self._outlines.reshape(-1, 2))
        self.stale = True

    def _project(self, points: Floats) -> tuple[Floats, Floats]:
        """Points (..., 3) m → pixels (..., 2) and distances (...)."""
        flat, distance = project(self.axes, points)
        matrix = to_pixels(self.axes)
        return flat @ matrix[:2, :2].T + matrix[:2, 2], distance

    def get_window_extent(self, renderer: Any = None) -> Bbox:  # noqa: ARG002 - matplotlib's signature
        """Bounding box as last drawn, pixels."""
        return self._box


class Body(_Capsules):
    """Limbs, round joints, head and feet in depth order, nearest last; their widths in metres
    follow perspective."""

    ARC = 12

    def __init__(self, theme: Theme) -> None:
        drawn = (*limbs.FEET, limbs.NECK, limbs.HEAD)
        bones = (*limbs.LIMBS, *drawn)
        discs = [H36M17.index(name) for name in H36M17.joints if name != HEAD_END]
        self._ends = np.concatenate([limbs.ends(FIGURE, bones), np.stack([discs, discs], 1)])
        self._neck, self._head = bones.index(limbs.NECK), bones.index(limbs.HEAD)
        # Each disc is drawn over the limbs between joints that end in it.
        over = [(limb, len(bones) + discs.index(end)) for limb in range(len(limbs.LIMBS)) for end in self._ends[limb]]
        self._limb_at_end, self._disc_at_end = np.array(over).T
        self._sides = [limbs.side(limb, FIGURE) for limb in bones] + [FIGURE.side(disc) for disc in discs]
        self._strength = np.array([DRAWN_ALPHA if limb in drawn else 1.0 for limb in bones] + [1.0] * len(discs))
        self._feet = [bones.index(foot) for foot in limbs.FEET]
        widths = [limb.width_m for limb in bones]
        widths += [NOSE_WIDTH_M if FIGURE.joints[disc] == "nose" else JOINT_WIDTH_M for disc in discs]
        self._radii_m = np.repeat(np.array(widths)[:, None] / 2, 2, axis=1)
        self._points: Floats = np.zeros((len(FIGURE), 3))
        # Every shape is drawn twice: the outline, then the colour.
        super().__init__(2 * len(self._ends), 1, self.ARC, zorder=10)
        self.apply_theme(theme)

    def apply_theme(self, theme: Theme, dim: bool = False, own_feet: bool = False) -> None:
        """Apply the theme's colours; `dim` marks a stale pose, `own_feet` feet that are measured."""
        self._strength[self._feet] = 1.0 if own_feet else DRAWN_ALPHA
        fill = np.array([to_rgba(theme.side(side)) for side in self._sides])
        rim = np.broadcast_to(to_rgba(theme.background), fill.shape)
        strength = self._strength[:, None] * (DIM_ALPHA if dim else 1.0)
        self._colours: Any = np.stack([rim, strength * fill + (1 - strength) * rim], 1)
        self.stale = True

    def place(self, points: Floats, head: Head) -> None:
        """Set the points (23, 3) m of FIGURE, world coordinates, and the head among them."""
        self._points, self._radii_m[self._head], self.stale = points, head.radii, True

    def do_3d_projection(self) -> float:
        """Project, sort by depth (far to near) and set the outlines; called on every draw."""
        xy, distance = self._project(self._points)
        far, scale = distance[self._ends], px_per_metre(self.axes)
        radii = self._radii_m * (scale / far)
        far = far.mean(1)
        np.minimum.at(far, self._disc_at_end, far[self._limb_at_end] - 1e-6)
        far[self._head] = min(far[self._head], far[self._neck] - 1e-6)
        order = np.argsort(-far, kind="stable")
        self._fill(capsules(xy[self._ends[order]], radii[order], self.ARC, RIM_WIDTH_M * scale / far[order]))
        self.set_facecolor(self._colours[order].reshape(-1, 4))
        return float(far.min())


class Shadow(_Capsules):
    """A shadow on the floor, vertically below the limbs: a capsule for each, all in one path with
    the same winding, so overlaps are not darker."""

    HALF_WIDTH_M = 0.075
    ARC = 4

    def __init__(self, theme: Theme) -> None:
        self._ends = limbs.ends(FIGURE, (*limbs.LIMBS, *limbs.FEET, limbs.NECK))
        self._radii_m = np.full(self._ends.shape, self.HALF_WIDTH_M)
        self._points: Floats = np.zeros((len(FIGURE), 3))
        super().__init__(1, len(self._ends), self.ARC, zorder=9)
        self.apply_theme(theme)

    def apply_theme(self, theme: Theme) -> None:
        """Apply the theme's colours."""
        self.set_facecolor(to_rgba(theme.shadow, theme.shadow_alpha))

    def place(self, points: Floats, head: Head) -> None:  # noqa: ARG002 - as Body's
        """Set the points (23, 3) m of FIGURE, world coordinates."""
        self._points, self.stale = points, True

    def do_3d_projection(self) -> float:
        """Place the capsules on the floor and project them; called on every draw."""
        flat = capsules(self._points[self._ends, :2], self._radii_m, self.ARC)
        xy, distance = self._project(np.concatenate([flat, np.zeros_like(flat[..., :1])], -1))
        self._fill(xy)
        return float(distance.min())
