"""What is to be seen, apart from how it is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True, eq=False)
class View:
    """`joints` (17, 3) m of a person who stands on the floor z = 0, or None for nobody;
    `dim` where they are not fresh; a `headline` in large and `details` in small letters,
    '' for none."""

    joints: Floats | None = None
    headline: str = ""
    details: str = ""
    dim: bool = False
