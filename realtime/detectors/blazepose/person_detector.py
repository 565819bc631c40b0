"""Where people are: one look at a square of the picture."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...boxes import overlap
from ...pose import Array, Image
from ...runtime.optional import opencv
from .anchors import SIDE_PX, anchors
from .litert import Network, check_library
from .network_files import fetch_missing, read_network

_MIN_OVERLAP = 0.3  # of boxes that are averaged (pose_detection_cpu.pbtxt of MediaPipe 0.10.21)

# Left, top, width and height of a part of the picture, px.
Window = tuple[int, int, int, int]


@dataclass(frozen=True, eq=False)
class Sighting:
    """Somebody: `alignment` (2, 2) px, the middle of the hips and a point whose distance from it is
    the radius of the whole body, and the `score` 0..1."""

    alignment: Array
    score: float


class PersonDetector:
    """Finds people whose height is at least about a quarter of the side of the square it looks at.

    Downloads BlazePose's networks if they are not here yet; errors as for `network_files.fetch`.
    """

    def __init__(self, threads: int) -> None:
        check_library()  # before anything is downloaded
        fetch_missing()
        self._cv2 = opencv("finding people")
        self._network = Network(read_network("pose_detection"), threads)

    def look(self, image: Image, window: Window | None = None, min_score: float = 0.7) -> list[Sighting]:
        """Everybody in the picture, or in a part of it; the highest score first."""
        left, top, width, height = window or (0, 0, image.shape[1], image.shape[0])
        side = max(width, height)
        part = image[top : top + height, left : left + width]
        self._network.run(self._square(part, side), scale=2 / 255, offset=-1)
        points, boxes, scores = self._decoded(min_score)
        corner = np.array([left + (width - side) / 2, top + (height - side) / 2], np.float32)
        return [Sighting(alignment * side + corner, score) for alignment, score in _suppressed(points, boxes, scores)]

    def _square(self, part: Image, side: int) -> Image:
        """In the middle of a black square, without half-pixel shift (as in `Region.to_picture`)."""
        scale = SIDE_PX / side
        shift_x, shift_y = ((side - length) / 2 * scale for length in (part.shape[1], part.shape[0]))
        matrix = np.array([[scale, 0, shift_x], [0, scale, shift_y]])
        square: Image = self._cv2.warpAffine(part, matrix, (SIDE_PX, SIDE_PX), flags=self._cv2.INTER_LINEAR)
        return square

    def _decoded(self, min_score: float) -> tuple[Array, Array, Array]:
        """Alignment points (N, 2, 2), boxes (N, 4) left, top, right, bottom, scores (N,) of all
        answers above the score; in fractions of the square."""
        logits = self._network.output(1, len(anchors()), 1).reshape(-1)
        above = np.flatnonzero(logits >= math.log(min_score / (1 - min_score)))
        raw = self._network.output(1, len(anchors()), 12)[0, above] / np.float32(SIDE_PX)
        centres = raw[:, :2] + anchors()[above]
        half = raw[:, 2:4] / 2
        points = raw[:, 4:8].reshape(-1, 2, 2) + anchors()[above][:, None]
        scores: Any = 1 / (1 + np.exp(-logits[above]))
        return points, np.concatenate([centres - half, centres + half], 1), scores


def _suppressed(points: Array, boxes: Array, scores: Array) -> list[tuple[Array, float]]:
    """Weighted non-maximum suppression: the boxes that overlap the best one are one person, whose
    points are their mean, weighted by score (BlazeFace, Bazarevsky et al. 2019, section 3)."""
    people = []
    left = np.argsort(-scores, kind="stable")
    while len(left):
        same = overlap(boxes[left[0]], boxes[left]) > _MIN_OVERLAP
        same[0] = True  # also a box without area
        merged = np.average(points[left[same]], axis=0, weights=scores[left[same]])
        people.append((merged.astype(np.float32), float(scores[left[0]])))
        left = left[~same]
    return people
