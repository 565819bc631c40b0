"""Colour themes.  Left and right differ in hue and in lightness (Okabe & Ito 2008), so that
they can be distinguished with colour blindness and in greyscale."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Theme:
    """A colour theme, as matplotlib colours."""

    background: str
    grid: str
    text: str
    faint: str
    accent: str
    shadow: str
    shadow_alpha: float
    left: str
    right: str
    middle: str

    def side(self, side: str) -> str:
        """Colour of 'left', 'right' or 'middle'."""
        return {"left": self.left, "right": self.right, "middle": self.middle}[side]


THEMES = {
    "dark": Theme(
        background="#10151d",
        grid="#7388a6",
        text="#e8edf4",
        faint="#8492a6",
        accent="#ffd166",
        shadow="#000000",
        shadow_alpha=0.5,
        left="#41b6f6",
        right="#ff8a3d",
        middle="#dfe6ee",
    ),
    "light": Theme(
        background="#f6f7f9",
        grid="#74839a",
        text="#1c2430",
        faint="#66717f",
        accent="#b45309",
        shadow="#1c2430",
        shadow_alpha=0.24,
        left="#0072b2",
        right="#e0620d",
        middle="#4a5361",
    ),
}
