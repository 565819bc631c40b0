"""What mouse and keys do.

Turning, moving and zooming by the left, middle and right button are matplotlib's own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from matplotlib.backend_bases import KeyEvent, MouseEvent

from .player import Player
from .scene import Scene
from .screen import Screen
from .theme import THEMES, Theme

SKIP_S = 1.0


class Themed(Protocol):
    """A part of the picture that takes the theme's colours."""

    def apply_theme(self, theme: Theme) -> None:
        """Take them."""


def connect_view(screen: Screen, scene: Scene, parts: Sequence[Themed] = ()) -> None:
    """Wheel zooms, `t` changes the theme of scene and `parts`, `r` takes the first view
    again, `q` and Escape close the window.  Each ends in a full draw."""

    def change_theme() -> None:
        theme = THEMES["light" if scene.theme is THEMES["dark"] else "dark"]
        for part in (scene, *parts):
            part.apply_theme(theme)

    def scroll(event: MouseEvent) -> None:
        scene.zoom(event.step)
        screen.canvas.draw_idle()

    redrawing = {"t": change_theme, "r": scene.reset_view}
    connect_keys(screen, {key: _then(act, screen.canvas.draw_idle) for key, act in redrawing.items()})
    connect_keys(screen, {"q": screen.close, "escape": screen.close})
    screen.canvas.mpl_connect("scroll_event", scroll)


def connect_player(screen: Screen, player: Player) -> None:
    """Space plays and pauses, left and right step a frame, with shift a second; up and
    down change the speed; Home and End go to the ends."""
    connect_keys(
        screen,
        {
            " ": player.toggle,
            "left": lambda: player.step(-1),
            "right": lambda: player.step(1),
            "shift+left": lambda: player.seek(player.t_s - SKIP_S),
            "shift+right": lambda: player.seek(player.t_s + SKIP_S),
            "up": lambda: player.change_speed(faster=True),
            "down": lambda: player.change_speed(faster=False),
            "home": lambda: player.seek(0.0),
            "end": lambda: player.seek(player.recording.duration_s),
        },
    )


def connect_keys(screen: Screen, acts: Mapping[str, Callable[[], None]]) -> None:
    """Call `acts[key]` when the key is pressed."""

    def press(event: KeyEvent) -> None:
        act = acts.get(event.key or "")
        if act is not None:
            act()

    screen.canvas.mpl_connect("key_press_event", press)


def _then(first: Callable[[], None], second: Callable[[], None]) -> Callable[[], None]:
    def both() -> None:
        first()
        second()

    return both
