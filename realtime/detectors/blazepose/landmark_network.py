"""One person in a region of the picture → landmarks.

V. Bazarevsky et al., "BlazePose: On-device Real-time Body Pose tracking", 2020.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...pose import Array, Image
from ...runtime.optional import opencv
from . import heatmaps
from .litert import Network
from .network_files import read_network
from .regions import Region

LANDMARKS = 33
_ALIGNMENT = slice(33, 35)  # auxiliary landmarks: the middle of the hips, and the radius of the body
_USED = 35  # of 39
_SIDE_PX = 256
_MASK = (1, 256, 256, 1)


@dataclass(frozen=True, eq=False)
class Landmarks:
    """Of one person: `xy` (33, 2) px of the picture, `visibility` (33,) 0..1, `world_m` (33, 3) m
    in camera axes with the origin at the hips, `alignment` (2, 2) px for the next region, and
    `presence` 0..1: the probability that a person is in the region."""

    xy: Array
    visibility: Array
    world_m: Array
    alignment: Array
    presence: float


class LandmarkNetwork:
    """`kind` is full, heavy or lite.  Raises WeightsError without the network's file."""

    def __init__(self, kind: str, threads: int) -> None:
        self._cv2 = opencv("the detector blazepose")
        self._network = Network(read_network(f"pose_landmark_{kind}"), threads, unused=(_MASK,))

    def __call__(self, image: Image, region: Region, min_presence: float) -> Landmarks | None:
        """Landmarks of the person in the region, None if there is none."""
        to_picture = region.to_picture(_SIDE_PX)
        crop = self._cv2.warpAffine(
            image,
            to_picture,
            (_SIDE_PX, _SIDE_PX),
            flags=self._cv2.INTER_LINEAR | self._cv2.WARP_INVERSE_MAP,
            borderMode=self._cv2.BORDER_REPLICATE,
        )
        self._network.run(crop, scale=1 / 255)
        presence = self._network.output(1, 1).item()
        if not presence > min_presence:  # not a number is no person either
            return None
        return self._landmarks(to_picture, region, presence)

    def _landmarks(self, to_picture: Array, region: Region, presence: float) -> Landmarks:
        values = self._network.output(1, 195).reshape(39, 5)[:_USED]
        xy = heatmaps.refined(values[:, :2], lambda flat: self._network.gather(flat, *heatmaps.SHAPE))
        xy = xy @ to_picture[:, :2].T + to_picture[:, 2]
        world = self._network.output(1, 117).reshape(39, 3)[:LANDMARKS]
        world[:, :2] = world[:, :2] @ region.turn().T
        visibility: Any = 1 / (1 + np.exp(np.minimum(-values[:LANDMARKS, 3], 80)))  # exp overflows above 88
        return Landmarks(xy[:LANDMARKS], visibility, world, xy[_ALIGNMENT], presence)
