"""What is known about a measure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .movement import Movement
from .reading import Reading

Take = Callable[[Movement], Reading]
# What a measure is seen in best: the body from the side, or from the front.
SAGITTAL, FRONTAL = "sagittal", "frontal"


@dataclass(frozen=True)
class Row:
    """A measure of one repetition.

    | field | meaning |
    |---|---|
    | `take` | gives its reading of a movement |
    | `exercises` | those that it is for |
    | `parts` | of the body, whose scores must not be low |
    | `plane` | SAGITTAL or FRONTAL: of the body, in which it lies; "" for what does not depend on the view |
    | `gravity` | whether it is measured against the vertical |
    | `size` | whether it scales with the size of the person |
    | `estimate` | whether it is an estimate and no result |
    | `limit` | with a larger error there is no number |
    """

    key: str
    label: str
    unit: str
    take: Take
    definition: str
    source: str
    exercises: tuple[str, ...]
    parts: tuple[str, ...]
    plane: str = ""
    gravity: bool = False
    size: bool = False
    estimate: bool = False
    limit: float | None = None


def first_sentence(of: Callable[..., object]) -> str:
    """The first sentence of a docstring, on one line: where "." ends a line or is followed by a capital."""
    words = " ".join((of.__doc__ or "").split())
    end = next((i for i in range(len(words)) if words[i] == "." and words[i + 1 : i + 2] in ("", " ")), len(words))
    return words[: end + 1]
