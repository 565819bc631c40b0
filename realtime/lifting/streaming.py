"""2D → 3D frame by frame: what is new in the window, in NumPy on the CPU."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from ..camera import Intrinsics
from ..pose import Array
from ..window import PoseWindow
from .base import BaseLifter, StreamCursor
from .model_files import Network


class StreamingLifter(BaseLifter):
    """A network fed frame by frame: a pose costs one new column per layer, whatever the window.

    A causal network answers for the newest pose.  A symmetric one sees the future: it answers
    for the pose `lookahead` before, and what is missing before the first pose is the first one
    repeated, after the last (`flush`) the last.  Raises ValueError for a kind of network that
    cannot be fed so.
    """

    def __init__(self, network: Network, intrinsics: Intrinsics | None = None) -> None:
        super().__init__(network.card, network.label, intrinsics)
        stream = network.stream()
        if stream is None:
            raise ValueError(f"a network of the kind {network.card.kind} cannot be fed frame by frame")
        self.window_length = self.config.receptive_field
        self.lookahead = self.config.lookahead
        self._stream = stream
        self._cursor = StreamCursor()
        self._hips: deque[Array] = deque(maxlen=self.lookahead + 1)  # of poses that are not answered for
        self._due = self.lookahead  # outputs that are for what was before the first pose

    def __call__(self, window: PoseWindow) -> Array | None:
        """Joints (J, 3) of the pose `lookahead` before the newest in the window, None before
        the first of them; call once after each push."""
        new, anew = self._cursor(window)
        if anew:
            self._begin()
        for rays in self._rays(window, new):
            self._hips.append(self._features.hip_ray(rays))
            self._newest = self._features.encode(rays, self._hips[-1])
            joints = self._step()
        return joints

    def flush(self) -> Iterator[Array]:
        """Joints of the poses that wait for their future; the next pose begins anew."""
        while self._hips:
            joints = self._step()
            if joints is not None:
                yield joints
        self._begin()

    def _begin(self) -> None:
        self._stream.reset()
        self._hips.clear()
        self._due = self.lookahead

    def _step(self) -> Array | None:
        output = self._stream.step(self._newest)
        if self._due:
            self._due -= 1
            return None
        return self._joints(output, self._hips.popleft())
