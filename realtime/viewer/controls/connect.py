"""What the keys and the mouse do.

Rotating, panning and zooming with the left, middle and right button are matplotlib's own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Protocol

from matplotlib.backend_bases import KeyEvent, MouseEvent

from ..player import Player
from ..scene import EXTRAS, Scene
from ..screen import Screen
from ..theme import THEMES, Theme
from .help import Help
from .keys import KEYS, rows

SKIP_S = 1.0

Actions = Mapping[str, Callable[[], object]]


class Themed(Protocol):
    """A part of the window that follows the theme."""

    def apply_theme(self, theme: Theme) -> None:
        """Apply the theme's colours."""


def connect_window(screen: Screen, scene: Scene, actions: Actions, helping: Help, parts: Sequence[Themed] = ()) -> None:
    """Connect the wheel, the keys of every window and those of `actions`, and have the help list
    them; `parts` follow the scene's theme."""
    themed: list[Themed] = [scene, helping, *parts]

    def change_theme() -> None:
        theme = THEMES["light" if scene.theme is THEMES["dark"] else "dark"]
        for part in themed:
            part.apply_theme(theme)
        screen.canvas.draw_idle()

    def reset_view() -> None:
        scene.reset_view()
        screen.canvas.draw_idle()

    def close() -> None:
        helping.toggle() if helping.is_open else screen.close()

    def scroll(event: MouseEvent) -> None:
        scene.zoom(event.step)
        screen.canvas.draw_idle()

    connected: Actions = {
        **actions,
        **{name: partial(scene.toggle, name) for name in EXTRAS},
        "theme": change_theme,
        "reset": reset_view,
        "help": helping.toggle,
        "close": close,
    }
    connect_keys(screen, connected)
    helping.set_rows(rows(connected))
    screen.canvas.mpl_connect("scroll_event", scroll)


def player_actions(player: Player) -> Actions:
    """The actions of a recording's window."""
    return {
        "play": player.toggle,
        "back": lambda: player.step(-1),
        "forward": lambda: player.step(1),
        "skip back": lambda: player.seek(player.t_s - SKIP_S),
        "skip forward": lambda: player.seek(player.t_s + SKIP_S),
        "faster": lambda: player.change_speed(faster=True),
        "slower": lambda: player.change_speed(faster=False),
        "start": lambda: player.seek(0.0),
        "end": lambda: player.seek(player.recording.duration_s),
    }


def connect_keys(screen: Screen, actions: Actions) -> None:
    """Call the action whose key in the table is pressed."""
    by_key = {name: action for what, action in actions.items() for name in KEYS[what].names}

    def press(event: KeyEvent) -> None:
        key = event.key or ""
        action = by_key.get(key) or by_key.get(key.lower())  # Caps Lock
        if action is not None:
            action()

    screen.canvas.mpl_connect("key_press_event", press)
