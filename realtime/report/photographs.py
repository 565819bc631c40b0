"""Pictures of a person, cut out around the keypoints, which are drawn, as JPEG inside a page."""

from __future__ import annotations

import base64
from dataclasses import replace

import numpy as np

from ..pose import Image, Pose2D
from ..render.overlay import Overlay
from ..runtime import optional
from ..skeleton import coco_points
from ..viewer.theme import THEMES
from .markup import Markup, element

SIZE_WH = 360, 480
_QUALITY = 82
_AROUND = 1.3, 1.25  # the cut, by the person's width and height

Cut = tuple[int, int, int, int]  # left, top, width and height, px


def photograph(image: Image, keypoints: Pose2D, about: str, cut: Cut | None = None) -> Markup:
    """The part of a picture (H, W, 3) BGR around the keypoints, which are in its pixels, with the keypoints drawn; or
    another `cut`, such as that of several pictures that are to be compared."""
    cv2 = optional.opencv("a report's pictures")
    left, top, width, height = cut or cut_around(keypoints)
    canvas = _cut(image, left, top, width, height)
    shrinks = width > SIZE_WH[0]
    shown = cv2.resize(canvas, SIZE_WH, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
    moved = replace(keypoints, xy=keypoints.xy - np.array([left, top], np.float32), size_wh=(width, height))
    Overlay(THEMES["dark"], coco_points(keypoints.skeleton)).draw(shown, moved)
    made, jpeg = cv2.imencode(".jpg", shown, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    assert made  # an image of a known size and type
    data = base64.b64encode(jpeg.tobytes()).decode("ascii")
    return element("img", src=f"data:image/jpeg;base64,{data}", alt=about, width=SIZE_WH[0], height=SIZE_WH[1])


def cut_around(*keypoints: Pose2D) -> Cut:
    """The part that shows the keypoints of each of these pictures; a large one reaches beyond the picture."""
    every = np.concatenate([one.xy for one in keypoints])
    known = every[np.isfinite(every).all(1)]
    least, most = known.min(0), known.max(0)
    wide, high = (most - least) * _AROUND
    width = max(float(wide), float(high) * SIZE_WH[0] / SIZE_WH[1], 2.0)
    height = width * SIZE_WH[1] / SIZE_WH[0]
    middle = (least + most) / 2
    left, top = (
        _inside(float(at) - size / 2, size, picture)
        for at, size, picture in zip(middle, (width, height), keypoints[0].size_wh, strict=True)
    )
    return left, top, round(width), round(height)


def _inside(start: float, size: float, picture: int) -> int:
    """Where a part begins that is moved into the picture, if there is room for it."""
    return round(min(max(0.0, start), picture - size) if size <= picture else start)


def _cut(image: Image, left: int, top: int, width: int, height: int) -> Image:
    """That part of the picture, black beyond its edges."""
    canvas = np.zeros((height, width, 3), np.uint8)
    rows = slice(max(0, top), min(image.shape[0], top + height))
    columns = slice(max(0, left), min(image.shape[1], left + width))
    part = image[rows, columns]
    above, before = max(0, -top), max(0, -left)
    canvas[above : above + part.shape[0], before : before + part.shape[1]] = part
    return canvas
