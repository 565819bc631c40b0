"""RTMPose: any body keypoint network of OpenMMLab's zoo, as an ONNX file.

T. Jiang et al., "RTMPose: Real-Time Multi-Person Pose Estimation based on MMPose", 2023.
Apache-2.0.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from ..boxes import box_around
from ..errors import UsageError, WeightsError
from ..pose import Array, DetectedPerson, Frame, Image, Pose2D, bgr_image
from ..runtime.optional import opencv
from ..runtime.text import counted
from ..skeleton import COCO17, HALPE26, Skeleton
from .blazepose.threads import usable_cores
from .person_crops import Crop, crop_around
from .points import checked_points
from .rtmpose_network import RtmPoseNetwork
from .simcc import decode

# A picture → the boxes (4,) left, top, right, bottom px of the people in it.
FindPeople = Callable[[Image], Sequence[Array]]

_SKELETONS = {len(skeleton): skeleton for skeleton in (COCO17, HALPE26)}
_LOOK_EVERY = 10  # frames, for people who have come into the picture
_SURE = 0.3  # score from which a keypoint, and on average a person, counts as found (kpt-thr of MMPose's demos)
_SMALLEST_PX = 16.0  # longer side of a person's box; below, nothing can be told
_SAME = 0.1  # of the longer side of a box: closer keypoints are those of one person
_MOST_THREADS = 4  # by default; the rest of the program needs cores, too


class RtmPose:
    """17 COCO or 26 Halpe keypoints of at most `people` people.

    `path` is the network: an end2end.onnx with 17 or 26 keypoints.  A person is found by
    `find_people` (default: BlazePose's person detector) and then followed by the box around the
    keypoints of the frame before.  It looks for others in every tenth frame, and in every frame
    without anybody.  `threads` is the number of cores that one network may use.

    Raises WeightsError for a file that is no such network, UsageError for `device` cuda without a
    GPU, MissingLibrary without ONNX Runtime or OpenCV.  The networks for animals (AP-10K) have
    17 keypoints, too: nothing in the file tells them apart.
    """

    name = "rtmpose"
    many_people = True

    def __init__(
        self,
        path: str | Path,
        device: str = "auto",
        people: int = 4,
        threads: int | None = None,
        find_people: FindPeople | None = None,
    ) -> None:
        threads = min(_MOST_THREADS, usable_cores()) if threads is None else threads
        if min(people, threads) < 1:
            raise UsageError(f"the detector needs at least one person and one thread, not {people} and {threads}")
        self._cv2 = opencv("the detector rtmpose")
        self._network: RtmPoseNetwork | None = RtmPoseNetwork(Path(path), device, threads)
        self.skeleton = _skeleton(self._network.joints, path)
        self._find_people: FindPeople | None = find_people or _blazepose_boxes(threads)
        self._most = people
        self._boxes: list[Array] = []
        self._size_wh = (0, 0)
        self._wait = 0  # frames until it looks for others

    def __call__(self, frame: Frame) -> list[DetectedPerson]:
        """Everybody in the frame; those who are followed come first."""
        assert self._find_people is not None, "the detector is closed"
        image = bgr_image(frame.image)
        if frame.size_wh != self._size_wh:  # another camera, or the same one turned
            self._boxes, self._size_wh = [], frame.size_wh
        people: list[_Person] = []
        _join(people, self._people(image, self._boxes), self._most)
        self._wait -= 1
        if not people or self._wait <= 0:
            # More than free places: whoever is followed is found again, perhaps in a better box.
            boxes = self._find_people(image)[: len(people) + self._most]
            _join(people, self._people(image, boxes), self._most)
            self._wait = _LOOK_EVERY
        self._boxes = [one.box for one in people]
        return [one.as_detected(frame, self.skeleton) for one in people]

    def close(self) -> None:
        """Free the networks; may be called twice."""
        self._network = self._find_people = None

    def _people(self, image: Image, boxes: Sequence[Array]) -> list[_Person]:
        """The people in these boxes, the surest first; boxes in which there is nobody are left out."""
        assert self._network is not None, "the detector is closed"
        crops = [crop for box in boxes if (crop := crop_around(box, self._network.size_wh))]
        if not crops:
            return []
        inputs = np.stack([crop.cut(self._cv2, image, self._network.size_wh) for crop in crops])
        answers = zip(crops, *decode(*self._network(inputs), self._network.bins_per_px), strict=True)
        people = [_Person.seen(crop, xy, score, (image.shape[1], image.shape[0])) for crop, xy, score in answers]
        return sorted((one for one in people if one.is_there), key=lambda one: -one.sureness)


@dataclass(frozen=True, eq=False)
class _Person:
    """Keypoints `xy` (K, 2) px of the picture and `score` (K,)."""

    xy: Array
    score: Array

    @classmethod
    def seen(cls, crop: Crop, xy: Array, score: Array, size_wh: tuple[int, int]) -> _Person:
        """From the network's answer for a crop."""
        return cls(*checked_points(crop.to_picture(xy), score, size_wh))

    @cached_property
    def sureness(self) -> float:
        """Mean score of the keypoints."""
        return float(self.score.mean())

    @cached_property
    def box(self) -> Array:
        """Around the keypoints that are sure."""
        return box_around(self.xy[self.score >= _SURE])

    @property
    def is_there(self) -> bool:
        """Whether this is a person at all."""
        if self.sureness < _SURE:  # else at least one keypoint is sure
            return False
        extent = self.box[2:] - self.box[:2]
        return bool(extent.min() > 0 and extent.max() >= _SMALLEST_PX)

    def is_the_same_as(self, other: _Person) -> bool:
        """Whether both are the keypoints of one person.

        The overlap of the boxes does not tell: that of two people who cross is large, that of a
        whole person and of its upper half is small.
        """
        both = (self.score >= _SURE) & (other.score >= _SURE)
        if not both.any():
            return False
        apart = np.median(np.linalg.norm(self.xy[both] - other.xy[both], axis=1))
        size = max(float((one.box[2:] - one.box[:2]).max()) for one in (self, other))
        return bool(apart < _SAME * size)

    def as_detected(self, frame: Frame, skeleton: Skeleton) -> DetectedPerson:
        """As detectors return it."""
        return DetectedPerson(Pose2D.seen_in(frame, skeleton, self.xy, self.score), self.box, self.sureness)


def _join(people: list[_Person], others: list[_Person], most: int) -> None:
    """Add `others` to `people` while there are fewer than `most`.  One who is there already is not
    added, but takes the place if it is surer."""
    for one in others:
        place = next((i for i, known in enumerate(people) if known.is_the_same_as(one)), None)
        if place is None:
            people.extend([one][: most - len(people)])
        elif one.sureness > people[place].sureness:
            people[place] = one


def _skeleton(joints: int, path: str | Path) -> Skeleton:
    if joints not in _SKELETONS:
        raise WeightsError(
            f"{path} finds {counted(joints, 'keypoint')}; take a network for 17 (COCO) or 26 (Halpe) of the body"
        )
    return _SKELETONS[joints]


def _blazepose_boxes(threads: int) -> FindPeople:
    """Upright squares around the people that BlazePose's person detector finds, the surest first."""
    from .blazepose.person_detector import PersonDetector

    detector = PersonDetector(threads)
    return lambda image: [_square_around(sighting.alignment) for sighting in detector.look(image)]


def _square_around(alignment: Array) -> Array:
    """`alignment` (2, 2): the middle of the hips, and a point as far from it as the body reaches."""
    radius = math.dist(*alignment.tolist())
    return np.concatenate([alignment[0] - radius, alignment[0] + radius])
