"""2D keypoints as limbs and dots over a picture."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib.collections import PathCollection
from matplotlib.colors import to_rgba
from matplotlib.path import Path
from matplotlib.transforms import Bbox, IdentityTransform
from numpy.typing import NDArray

from ...skeleton import Skeleton
from ..figure.capsules import capsules
from ..keypoint_limbs import FOOT_LIMBS, LIMBS, SHOWN_SCORE, widths
from ..limbs import ends, side
from ..theme import Theme
from ..view import Floats
from .camera_view import CameraView

_DOT = 1.7  # of the limbs that meet in it
_SIZE_TO_WIDTH = 1 / 45  # from the larger side of the person to the width of a limb ...
_WIDTHS = 0.005, 0.013  # ... clamped to these shares of the picture's diagonal
_RIM, _RIM_ALPHA = 0.0028, 0.75  # of the diagonal
_UNCERTAIN_ALPHA = 0.35
_ARC = 5  # points on each end of a limb


class KeypointLines(PathCollection):
    """Limbs and dots in the colours of their sides, over a rim; the less certain, the fainter."""

    def __init__(self) -> None:
        super().__init__([], animated=True, transform=IdentityTransform(), linewidths=0, edgecolors="none")
        self.set_snap(False)
        self.set_visible(False)
        self._shapes: _Shapes | None = None
        self._box = Bbox.null()

    def place(self, view: CameraView, box: Bbox, theme: Theme) -> None:
        """Set the keypoints of a view in a box of pixels."""
        self._box, self.stale = box, True
        self.set_clip_box(box)
        self._use(None if view.skeleton is None else _shapes(view.skeleton))
        if self._shapes is None:
            return
        joints = self._shapes.ends
        score = view.score[joints].min(1)
        seen = score >= SHOWN_SCORE
        xy = np.column_stack([box.x0 + view.xy[:, 0] * box.width, box.y1 - view.xy[:, 1] * box.height])
        diagonal_px = float(np.hypot(box.width, box.height))
        radii = self._shapes.widths * _limb_px(xy[view.score >= SHOWN_SCORE], diagonal_px) / 2
        both = np.repeat(np.stack([radii + _RIM * diagonal_px, radii])[..., None], 2, -1)
        outlines = capsules(xy[joints][None], both, _ARC)
        self._outlines[:] = np.where(seen[:, None, None], outlines, 0.0)  # a point is not drawn
        self._set_colours(self._shapes, _UNCERTAIN_ALPHA + (1 - _UNCERTAIN_ALPHA) * score, theme)

    def get_window_extent(self, renderer: Any = None) -> Bbox:  # noqa: ARG002 - matplotlib's signature
        """Bounding box, pixels."""
        return self._box

    def _set_colours(self, shapes: _Shapes, alpha: Floats, theme: Theme) -> None:
        colours: Any = _colours(shapes, theme).copy()
        colours[1 : shapes.limbs + 1, 3], colours[shapes.limbs + 2 :, 3] = np.split(alpha, [shapes.limbs])
        self.set_facecolor(colours)

    def _use(self, shapes: _Shapes | None) -> None:
        """Make the paths of these shapes, views into an array, so that filling it updates them all."""
        if shapes is self._shapes:
            return
        self._shapes = shapes
        count = 0 if shapes is None else len(shapes.ends)
        limbs = 0 if shapes is None else shapes.limbs
        rims, fillings = self._outlines = np.zeros((2, count, 2 * _ARC + 1, 2))
        paths = [_path(rims[:limbs]), *map(_path, fillings[:limbs])]
        self.set_paths([*paths, _path(rims[limbs:]), *map(_path, fillings[limbs:])])


def _path(outlines: Floats) -> Path:
    """One path of closed outlines (..., points, 2): where they overlap, it is not darker."""
    codes = np.full(outlines.shape[:-1], Path.LINETO, np.uint8)
    codes[..., 0], codes[..., -1] = Path.MOVETO, Path.CLOSEPOLY
    return Path(outlines.reshape(-1, 2), codes.ravel())


def _limb_px(xy: Floats, diagonal_px: float) -> float:
    """Width of a limb for keypoints (n, 2) px: small people have thin ones, so that they are seen."""
    person_px = float(np.ptp(xy, axis=0).max()) if len(xy) else 0.0
    low, high = (share * diagonal_px for share in _WIDTHS)
    return min(max(low, person_px * _SIZE_TO_WIDTH), high)


@dataclass(frozen=True, eq=False)
class _Shapes:
    """The first `limbs` of the shapes are limbs, the others dots; `ends` (n, 2) are keypoints, the
    same twice for a dot, `widths` (n,) 1 for most limbs."""

    limbs: int
    ends: NDArray[np.intp]
    sides: tuple[str, ...]
    widths: Floats


@lru_cache
def _shapes(skeleton: Skeleton) -> _Shapes:
    """What is drawn of a skeleton."""
    limbs = [limb for limb in (*LIMBS, *FOOT_LIMBS) if {limb.a, limb.b} <= set(skeleton.joints)]
    lines = ends(skeleton, limbs).reshape(-1, 2)
    limb_widths, dot_widths = widths(skeleton, limbs)
    dots = np.flatnonzero(dot_widths)
    return _Shapes(
        len(limbs),
        np.concatenate([lines, np.stack([dots, dots], 1)]),
        (*(side(limb, skeleton) for limb in limbs), *(skeleton.side(int(joint)) for joint in dots)),
        np.concatenate([limb_widths, _DOT * dot_widths[dots]]),
    )


@lru_cache(maxsize=8)
def _colours(shapes: _Shapes, theme: Theme) -> Floats:
    """RGBA of the paths: the limbs after their rim, the dots after theirs."""
    fill = np.array([to_rgba(theme.side(side)) for side in shapes.sides])
    rim = np.array([to_rgba(theme.background, _RIM_ALPHA)])
    return np.concatenate([rim, fill[: shapes.limbs], rim, fill[shapes.limbs :]])
