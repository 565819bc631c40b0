"""The table of the windows' keys: one list for what they do, the help overlay, --help and the tests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Key:
    """`names` are matplotlib's, `shown` is written for people; pressing it does `what`."""

    names: tuple[str, ...]
    shown: str
    what: str


# By action; the order is that of the help.
LIVE_KEYS = {
    "inset": Key(("i",), "i", "camera picture"),
}
VIEW_KEYS = {
    "trails": Key(("l",), "l", "trails of wrists and ankles"),
    "joint names": Key(("n",), "n", "joint names"),
    "angles": Key(("a",), "a", "angles of the joints"),
    "theme": Key(("t",), "t", "dark or light"),
    "reset": Key(("r",), "r", "reset the view"),
}
PLAYER_KEYS = {
    "play": Key((" ",), "Space", "play and pause"),
    "back": Key(("left",), "←", "one frame back"),
    "forward": Key(("right",), "→", "one frame forward"),
    "skip back": Key(("shift+left",), "Shift ←", "one second back"),
    "skip forward": Key(("shift+right",), "Shift →", "one second forward"),
    "faster": Key(("up",), "↑", "faster"),
    "slower": Key(("down",), "↓", "slower"),
    "start": Key(("home",), "Home", "to the start"),
    "end": Key(("end",), "End", "to the end"),
}
WINDOW_KEYS = {
    "help": Key(("h", "?"), "h or ?", "show or hide this list"),
    "close": Key(("q", "escape"), "q or Esc", "close this list, or the window"),
}
KEYS = {**PLAYER_KEYS, **LIVE_KEYS, **VIEW_KEYS, **WINDOW_KEYS}

MOUSE = (
    ("drag", "rotate"),
    ("wheel, right drag", "zoom"),
    ("middle drag", "move"),
)


def rows(actions: Iterable[str]) -> list[tuple[str, str]]:
    """(key, what it does) of these actions as a person reads them, then what the mouse does."""
    wanted = set(actions)
    return [*((key.shown, key.what) for name, key in KEYS.items() if name in wanted), *MOUSE]
