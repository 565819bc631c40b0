"""2D keypoints as lines and dots over a picture."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba
from matplotlib.transforms import Bbox, IdentityTransform
from numpy.typing import NDArray

from ...skeleton import Skeleton
from ..keypoint_limbs import FOOT_LIMBS, LIMBS, SHOWN_SCORE
from ..limbs import ends, side
from ..theme import Theme
from ..view import Floats
from .camera_view import CameraView

_LIMB_M = 0.052  # width in the viewer of a limb of width 1 here
_DOT = 1.7  # of the limbs that meet in it
_SIZE_TO_WIDTH = 1 / 45  # from the larger side of the person to the width of a limb ...
_WIDTHS = 0.005, 0.013  # ... clamped to these shares of the picture's diagonal
_RIM, _RIM_ALPHA = 0.005, 0.7  # on both sides together, of the diagonal


class KeypointLines(LineCollection):
    """Limbs and round keypoints in the colours of their sides; the less certain, the fainter."""

    def __init__(self) -> None:
        super().__init__([], capstyle="round", animated=True, transform=IdentityTransform())
        self.set_snap(False)
        self.set_visible(False)
        self._box = Bbox.null()

    def place(self, view: CameraView, box: Bbox, theme: Theme, dpi: float) -> None:
        """Set the keypoints of a view in a box of pixels."""
        diagonal_px = float(np.hypot(box.width, box.height))
        xy = np.column_stack([box.x0 + view.xy[:, 0] * box.width, box.y1 - view.xy[:, 1] * box.height])
        limb_px = _limb_px(xy[view.score >= SHOWN_SCORE], diagonal_px)
        segments, widths, colours = [np.empty((0, 2, 2))], [np.empty(0)], [np.empty((0, 4))]
        for strokes in () if view.skeleton is None else _limbs_and_dots(view.skeleton):
            score = view.score[strokes.ends].min(1)
            seen = score >= SHOWN_SCORE
            lines = xy[strokes.ends[seen]] + [[0.0, 0.0], [1e-6, 0.0]]  # one without a length has no caps
            fill = np.array([to_rgba(theme.side(side)) for side in strokes.sides])[seen]
            fill[:, 3] = 0.35 + 0.65 * score[seen]
            rim = np.tile(to_rgba(theme.background, _RIM_ALPHA), (len(fill), 1))
            width_px = strokes.widths[seen] * limb_px
            segments += [lines, lines]
            widths += [width_px + _RIM * diagonal_px, width_px]
            colours += [rim, fill]
        self.set_segments(list(np.concatenate(segments)))
        self.set_linewidth((np.concatenate(widths) * 72 / dpi).tolist())
        self.set_color(list(np.concatenate(colours)))
        self.set_clip_box(box)
        self._box = box

    def get_window_extent(self, renderer: Any = None) -> Bbox:  # noqa: ARG002 - matplotlib's signature
        """Bounding box, pixels."""
        return self._box


def _limb_px(xy: Floats, diagonal_px: float) -> float:
    """Width of a limb for keypoints (n, 2) px: small people have thin ones, so that they are seen."""
    person_px = float(np.ptp(xy, axis=0).max()) if len(xy) else 0.0
    low, high = (share * diagonal_px for share in _WIDTHS)
    return min(max(low, person_px * _SIZE_TO_WIDTH), high)


@dataclass(frozen=True, eq=False)
class _Strokes:
    """`ends` (n, 2) keypoints, the same twice for a dot; `sides` and `widths` (n,), 1 for most limbs."""

    ends: NDArray[np.intp]
    sides: tuple[str, ...]
    widths: Floats


@lru_cache
def _limbs_and_dots(skeleton: Skeleton) -> tuple[_Strokes, _Strokes]:
    """What is drawn of a skeleton, in drawing order."""
    limbs = [limb for limb in (*LIMBS, *FOOT_LIMBS) if {limb.a, limb.b} <= set(skeleton.joints)]
    lines = ends(skeleton, limbs).reshape(-1, 2)
    widths = np.array([limb.width_m for limb in limbs]) / _LIMB_M
    dot_widths = np.zeros(len(skeleton))
    np.maximum.at(dot_widths, lines, widths[:, None])  # of the widest limb that ends there
    dots = np.flatnonzero(dot_widths)
    return (
        _Strokes(lines, tuple(side(limb, skeleton) for limb in limbs), widths),
        _Strokes(
            np.stack([dots, dots], 1), tuple(skeleton.side(int(joint)) for joint in dots), _DOT * dot_widths[dots]
        ),
    )
