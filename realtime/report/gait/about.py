"""What a report says of its recording, besides the gait."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from ...pose import CameraPitch


@dataclass(frozen=True)
class Recording:
    """A recording whose gait is reported.

    `name` is the file's, `made` when it was last changed, as a text; `origin` how its joints came about, `network`
    by which network, "" where none lifted them.  `height_m`: how tall the person was told to be, None if nobody said.
    `trust`: how far the poses can be trusted, in sentences.
    """

    name: str
    made: str
    frames: int
    fps: float
    length_s: float
    origin: str
    network: str = ""
    height_m: float | None = None
    camera_pitch: CameraPitch | None = None
    trust: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As files have it."""
        plain = asdict(self)
        pitch = plain.pop("camera_pitch")
        return plain | (self.camera_pitch.fields() if pitch and self.camera_pitch else {})
