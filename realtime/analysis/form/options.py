"""What may be told to the analysis of form; everything else it finds out."""

from __future__ import annotations

from dataclasses import dataclass

AUTO = "auto"


@dataclass(frozen=True)
class FormOptions:
    """`auto` is decided from the motion.

    | field | choices |
    |---|---|
    | `exercise` | auto, or a name of `exercises.EXERCISES` |
    | `camera_pitch_deg` | by how much the camera looked down where the motion is not levelled yet; None: estimated |
    | `origin` | auto, markers (measured in 3D), lifted (from a picture): by which offsets measures are corrected |
    | `offsets` | whether the constant offset of each measure is taken out |
    """

    exercise: str = AUTO
    camera_pitch_deg: float | None = None
    origin: str = AUTO
    offsets: bool = True


DEFAULTS = FormOptions()
