"""What else a picture tells: how many people are in it, and how bright it is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..boxes import box_around
from ..pose import DetectedPerson, Frame, Image, Pose2D
from ..stages import Detector, LooksAround

# A look costs about as much as following somebody for one frame: at 30 frames a second 1 % of the time, and
# 3 % in the first seconds, so that a short recording has several.
_EVERY_NS, _FIRST_EVERY_NS, _FIRST_LOOKS = 4_000_000_000, 1_000_000_000, 6
_SAMPLES = 32  # of the picture's brightness in each direction
_BRIGHT = 0.9  # quantile: the lit side of a person, whatever their clothes and the night around them

_Answer = tuple[int | None, float | None]


class Surroundings:
    """People in the picture, and brightness (0..255) where the followed person is, or of the whole
    picture where nobody is; None where nobody looked.

    A detector that finds everybody is counted in every frame.  One that follows a single person is
    asked to look around once a second, after some seconds every 4 s, by the frames' times; the
    brightness is taken then, too.
    """

    def __init__(self, detector: Detector) -> None:
        self._finds_everybody = detector.many_people
        self._looker = detector if isinstance(detector, LooksAround) else None
        self._looked_ns, self._looks = 0, 0

    def __call__(self, people: Sequence[DetectedPerson], tracked: Sequence[Pose2D], frame: Frame) -> _Answer:
        """Call for every frame, after the detector."""
        due = self._is_due(frame.t_capture_ns)
        if due:
            self._looked_ns, self._looks = frame.t_capture_ns, self._looks + 1
        light = brightness(frame.image, tracked[0] if tracked else None) if due else None
        if self._finds_everybody:
            return len(people), light
        if due and people and self._looker is not None:
            return len(people) + self._looker.look_around(frame), light
        return None, light

    def _is_due(self, t_ns: int) -> bool:
        every_ns = _FIRST_EVERY_NS if self._looks < _FIRST_LOOKS else _EVERY_NS
        return not self._looks or not 0 <= t_ns - self._looked_ns < every_ns


def brightness(image: Image, person: Pose2D | None) -> float | None:
    """Up to 255: what nine tenths of the picture are darker than, in the box around the person where
    one is seen in it.  Of the green channel, which is most of the luminance.  None for pure black: the
    picture of a keypoint file, or none at all."""
    part = _part(image, person)
    height, width = part.shape[:2]
    samples = part[:: max(1, height // _SAMPLES), :: max(1, width // _SAMPLES)]
    samples = (samples if samples.ndim == 2 else samples[:, :, min(1, samples.shape[2] - 1)]).ravel()
    rank = int(_BRIGHT * (len(samples) - 1))
    return float(np.partition(samples, rank)[rank]) or None


def _part(image: Image, person: Pose2D | None) -> Image:
    if person is None or not np.isfinite(person.xy).any():
        return image
    height, width = image.shape[:2]
    left, top, right, bottom = np.clip(box_around(person.xy), 0, (width, height) * 2).astype(int)
    part = image[top:bottom, left:right]
    return part if part.size else image
