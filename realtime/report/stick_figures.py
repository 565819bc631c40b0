"""Bodies as lines, seen from the side, as SVG."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..motion import Floats
from ..skeleton import Skeleton
from .markup import Markup, element

_HEIGHT = 160
_MARGIN = 8
_ASPECT = 0.8  # width by height, at least


def side_views(bodies: Sequence[Floats], skeleton: Skeleton, heading_deg: float) -> list[Markup]:
    """A drawing of each body, joints (J, 3) m with z up, that goes to the right; all in one scale."""
    ahead = np.radians(heading_deg)
    flat = [np.stack([body @ [np.cos(ahead), np.sin(ahead), 0], -body[:, 2]], -1) for body in bodies]
    low = [np.nanmin(points, 0) for points in flat]
    span = np.max([np.nanmax(points, 0) - least for points, least in zip(flat, low, strict=True)], 0)
    zoom = (_HEIGHT - 2 * _MARGIN) / max(float(span[1]), 1e-3)
    width = max(_ASPECT * _HEIGHT, float(span[0]) * zoom + 2 * _MARGIN)
    return [_drawing(points, skeleton, zoom, width) for points in flat]


def _drawing(points: Floats, skeleton: Skeleton, zoom: float, width: float) -> Markup:
    least, most = np.nanmin(points, 0), np.nanmax(points, 0)
    shift = np.array([width / 2 - zoom * (least[0] + most[0]) / 2, _HEIGHT - _MARGIN - zoom * most[1]])
    places = points * zoom + shift
    limbs = [
        _limb(places[a], places[b], skeleton.side(b)) for a, b in skeleton.bones if np.isfinite(places[[a, b]]).all()
    ]
    return element("svg", *limbs, viewBox=f"0 0 {width:.0f} {_HEIGHT}", role="img", aria_label="the body from the side")


def _limb(start: Floats, end: Floats, side: str) -> Markup:
    (x1, y1), (x2, y2) = ((f"{number:.1f}" for number in point) for point in (start, end))
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=f"{side} limb")
