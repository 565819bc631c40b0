"""What a report says of its recording, whatever was analysed in it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from ..pose import CameraPitch
from ..runtime.text import counted, duration
from .markup import Markup, element


@dataclass(frozen=True)
class Recording:
    """A recording that is reported.

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


def header(headline: str, recording: Recording) -> Markup:
    """The top of a page: what was found, and in which recording."""
    told = f"height {recording.height_m:.2f} m" if recording.height_m else "height not told"
    parts = [duration(recording.length_s), f"{recording.fps:.4g} frames a second", recording.made]
    parts += [told] if recording.network else []
    about = " · ".join(part for part in parts if part)
    return element(
        "header", element("small", recording.name), element("h1", headline), element("p", about, class_="faint")
    )


def recording_facts(recording: Recording, skeleton: str) -> dict[str, str]:
    """How the joints came about; texts are empty where there is nothing to say."""
    return {
        "Recording": f"{recording.name}, {counted(recording.frames, 'frame')}",
        "Joints": f"{recording.origin}; skeleton {skeleton}",
        "Network": recording.network,
        "Camera tilt": str(recording.camera_pitch) if recording.camera_pitch else "",
        "Height": _height(recording) if recording.network else "",
    }


def _height(recording: Recording) -> str:
    if recording.height_m:
        return f"{recording.height_m:.2f} m, told"
    return "not told: lengths and speeds are those of a person of average height (--height)"
