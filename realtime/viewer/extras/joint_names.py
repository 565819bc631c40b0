"""The names of the joints."""

from __future__ import annotations

from ...skeleton import H36M17
from ..theme import Theme
from ..view import View
from .labels import LEFT, MIDDLE, RIGHT, Labels

_SIDES = {"left": LEFT, "right": RIGHT, "middle": MIDDLE}
_TEXTS = [name.replace("_", " ") for name in H36M17.joints]


class JointNames(Labels):
    """The name of each joint beside it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, [_SIDES[H36M17.side(joint)] for joint in range(len(H36M17))])

    def show(self, view: View) -> None:
        """Follow the pose of a view."""
        if view.joints is not None:
            self.place(view.joints, _TEXTS)
