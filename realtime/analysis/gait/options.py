"""What may be told to the analysis of gait; everything else it finds out."""

from __future__ import annotations

from dataclasses import dataclass

AUTO = "auto"


@dataclass(frozen=True)
class GaitOptions:
    """`auto` is decided from the motion.

    | field | choices |
    |---|---|
    | `kind` | auto, walk, run |
    | `surface` | auto, overground, treadmill |
    | `contact_method`, `toe_off_method` | auto, or a name of `methods.METHODS` |
    | `offsets` | whether the constant offset of each method is taken out |
    | `origin` | auto, markers (measured in 3D), lifted (from a picture): by which offsets events are corrected |
    """

    kind: str = AUTO
    surface: str = AUTO
    contact_method: str = AUTO
    toe_off_method: str = AUTO
    origin: str = AUTO
    offsets: bool = True


DEFAULTS = GaitOptions()
