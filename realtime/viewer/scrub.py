"""The seek bar under a recording."""

from __future__ import annotations

from typing import Any

from matplotlib.artist import Artist
from matplotlib.backend_bases import MouseButton, MouseEvent
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from .player import Player
from .theme import Theme

HEIGHT = 0.09  # of the figure
_LEFT, _RIGHT, _Y = 0.09, 0.74, 0.045
_TOLERANCE = 0.02  # a click this far beyond the bar still seeks to its end
_TENTHS = 10


class ScrubBar:
    """Shows the playback position; a click or a drag on the bar seeks, a click on the icon
    left of it toggles playback (the icon shows the action)."""

    def __init__(self, figure: Figure, theme: Theme, player: Player) -> None:
        self._player = player
        self._dragging = False
        self._x = -1.0
        self._track = self._line(figure, 3.0, zorder=4)
        self._done = self._line(figure, 3.0, zorder=6, animated=True)
        self._knob = self._line(figure, 0.0, marker="o", markersize=11, zorder=7, animated=True)
        self._icon = figure.text(0.03, _Y, "", fontsize=9.5, ha="left", va="center", zorder=6, animated=True)
        self._clock = figure.text(0.97, _Y, "", fontsize=9.5, ha="right", va="center", zorder=6, animated=True)
        self.apply_theme(theme)
        figure.canvas.mpl_connect("button_press_event", self._press)
        figure.canvas.mpl_connect("motion_notify_event", self._move)
        figure.canvas.mpl_connect("button_release_event", self._release)

    def _line(self, figure: Figure, width: float, **options: Any) -> Line2D:
        line = Line2D(
            [_LEFT, _RIGHT],
            [_Y, _Y],
            linewidth=width,
            solid_capstyle="round",
            transform=figure.transFigure,
            **options,
        )
        figure.add_artist(line)
        return line

    @property
    def layers(self) -> tuple[tuple[Artist, ...], ...]:
        """The artists that `show` updates, rarely changing ones first."""
        return (self._icon, self._clock), (self._done, self._knob)

    def apply_theme(self, theme: Theme) -> None:
        """Apply the theme's colours; needs a full draw."""
        self._track.set_color(theme.grid)
        self._track.set_alpha(0.4)
        for line in (self._done, self._knob):
            line.set_color(theme.text)
        for text in (self._clock, self._icon):
            text.set_color(theme.faint)

    def show(self) -> None:
        """Update the artists to the player's position."""
        player = self._player
        x = _LEFT + (_RIGHT - _LEFT) * player.t_s / player.recording.duration_s
        if x != self._x:
            self._x = x
            self._knob.set_data([x], [_Y])
            self._done.set_data([_LEFT, x], [_Y, _Y])
        self._icon.set_text("❚❚" if player.playing else "▶")
        self._clock.set_text(f"{clock(player.t_s)} / {clock(player.recording.duration_s)}")

    def _press(self, event: MouseEvent) -> None:
        x, y = self._position(event)
        if event.button != MouseButton.LEFT or y > HEIGHT:
            return
        if x < _LEFT - _TOLERANCE:
            self._player.toggle()
            return
        self._dragging = True
        self._seek(x)

    def _move(self, event: MouseEvent) -> None:
        if self._dragging:
            self._seek(self._position(event)[0])

    def _release(self, _event: MouseEvent) -> None:
        self._dragging = False

    def _position(self, event: MouseEvent) -> tuple[float, float]:
        width, height = event.canvas.figure.bbox.size
        return event.x / width, event.y / height

    def _seek(self, x: float) -> None:
        share = min(max(0.0, (x - _LEFT) / (_RIGHT - _LEFT)), 1.0)
        self._player.seek(share * self._player.recording.duration_s)


def clock(t_s: float) -> str:
    """Seconds as minutes, seconds and tenths: 1:02.3."""
    tenths = int(t_s * _TENTHS + 1e-6)
    return f"{tenths // 600}:{tenths // 10 % 60:02d}.{tenths % 10}"
