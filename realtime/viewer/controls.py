"""Mouse and keyboard controls.

Rotating, panning and zooming with the left, middle and right button are matplotlib's own.
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
    """A part of the window that follows the theme."""

    def apply_theme(self, theme: Theme) -> None:
        """Apply the theme's colours."""


def connect_view(screen: Screen, scene: Scene, parts: Sequence[Themed] = ()) -> None:
    """The wheel zooms, `t` toggles the theme of the scene and `parts`, `r` resets the view,
    `q` and Escape close the window.  Each triggers a full draw, except closing."""

    def change_theme() -> None:
        theme = THEMES["light" if scene.theme is THEMES["dark"] else "dark"]
        for part in (scene, *parts):
            part.apply_theme(theme)

    def scroll(event: MouseEvent) -> None:
        scene.zoom(event.step)
        screen.canvas.draw_idle()

    redrawing = {"t": change_theme, "r": scene.reset_view}
    connect_keys(screen, {key: _then(action, screen.canvas.draw_idle) for key, action in redrawing.items()})
    connect_keys(screen, {"q": screen.close, "escape": screen.close})
    screen.canvas.mpl_connect("scroll_event", scroll)


def connect_player(screen: Screen, player: Player) -> None:
    """Space toggles playback, left and right step one frame, with Shift one second; up and
    down change the speed; Home and End seek to the start and the end."""
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


def connect_keys(screen: Screen, actions: Mapping[str, Callable[[], None]]) -> None:
    """Call `actions[key]` when the key is pressed."""

    def press(event: KeyEvent) -> None:
        action = actions.get(event.key or "")
        if action is not None:
            action()

    screen.canvas.mpl_connect("key_press_event", press)


def _then(first: Callable[[], None], second: Callable[[], None]) -> Callable[[], None]:
    def both() -> None:
        first()
        second()

    return both
