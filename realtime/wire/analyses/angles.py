"""Joint angles on the socket: topic `angles`.

docs/message.md documents every field.  The publisher fills in `session`, `seq` and `t_publish_ns`.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..field_types import Angles, Count, Flag, Person, Stamp, Text


@dataclass(frozen=True, eq=False)
class AnglesMessage:
    """The joint angles of one pose (topic `angles`), by the names and with the signs of kinematics/angles.py.

    `degrees` is empty where `valid` is False, and `reason` says why; an angle that cannot be told is NaN (null in
    JSON).  `seq`, `frame`, stamps, `person`, `valid` and `reason` are those of the pose.
    """

    frame: Count
    t_capture_ns: Stamp
    t_unix_ns: Stamp
    person: Person
    valid: Flag
    reason: Text
    skeleton: Text
    degrees: Angles
    session: Text = ""
    seq: Count = 0
    t_publish_ns: Stamp = 0

    def check(self) -> None:
        """Raise ValueError if the fields contradict each other."""
        if self.degrees and not self.valid:
            raise ValueError("an invalid pose has no angles")
