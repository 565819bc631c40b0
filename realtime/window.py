"""The ring buffer between the detector and the lifter."""

from __future__ import annotations

import numpy as np

from .pose import Array, Pose2D


class PoseWindow:
    """The last `length` 2D poses, oldest first.

    Every pose is written twice, `length` rows apart, so that the newest `length` rows
    always lie side by side: `xy`, `score` and `size_wh` are views, nothing is moved or
    copied as the window slides.  A view is valid until `length` more poses are pushed.
    Not thread-safe; one thread pushes and reads.
    """

    def __init__(self, length: int, joints: int) -> None:
        if length < 1:
            raise ValueError(f"a window holds at least one pose, not {length}")
        self.length = length
        self.pushed = 0  # since the last clear
        self.generation = 0  # rises with every clear
        self._xy = np.zeros((2 * length, joints, 2), np.float32)
        self._score = np.zeros((2 * length, joints), np.float32)
        self._size_wh = np.zeros((2 * length, 2), np.float32)

    def push(self, pose: Pose2D) -> None:
        """Add the newest pose; the oldest leaves a full window."""
        row = self.pushed % self.length
        for rows, value in (
            (self._xy, pose.xy),
            (self._score, pose.score),
            (self._size_wh, pose.size_wh),
        ):
            rows[row] = rows[row + self.length] = value
        self.pushed += 1

    def clear(self) -> None:
        """Empty the window: the person has left, or another one is followed."""
        self.pushed = 0
        self.generation += 1

    @property
    def have(self) -> int:
        """Number of poses in the window, 0 to `length`."""
        return min(self.pushed, self.length)

    @property
    def full(self) -> bool:
        """True once `length` poses are there."""
        return self.pushed >= self.length

    def _view(self, rows: Array) -> Array:
        end = self.length + self.pushed % self.length if self.full else self.pushed
        return rows[end - self.have : end]

    @property
    def xy(self) -> Array:
        """(have, J, 2) pixels."""
        return self._view(self._xy)

    @property
    def score(self) -> Array:
        """(have, J) in 0..1."""
        return self._view(self._score)

    @property
    def size_wh(self) -> Array:
        """(have, 2) width and height in pixels of the images the poses were seen in."""
        return self._view(self._size_wh)
