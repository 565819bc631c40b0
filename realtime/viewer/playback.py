"""Playback of a finished joints.npy, in a window or into a film."""

from __future__ import annotations

import time

from ..films.film import Film
from ..runtime.stop import Stop
from .blit import Blitter
from .controls.connect import connect_window, player_actions
from .controls.help import Help
from .player import Player, Recording
from .scene import Scene
from .screen import Screen
from .scrub import HEIGHT, ScrubBar


def play(player: Player, screen: Screen, scene: Scene, *, fps: float, stop: Stop) -> None:
    """Play until the window is closed or `stop` is set.  Call it from the window's thread."""
    bar = ScrubBar(screen.figure, scene.theme, player)
    helping = Help(screen.figure, scene.theme, bottom=HEIGHT)
    connect_window(screen, scene, player_actions(player), helping, [bar])
    text, moving = (ours + its for ours, its in zip(scene.layers, bar.layers, strict=True))
    blitter = Blitter(screen.canvas, (*text, helping.hint), (*moving, helping.panel))
    period_s, last_s = 1 / fps, time.monotonic()
    while screen.is_open and not stop.is_set():
        now_s = time.monotonic()
        player.advance(now_s - last_s)
        last_s = now_s
        scene.show(player.view())
        bar.show()
        helping.show(now_s)
        blitter.update()
        screen.pump()
        time.sleep(max(0.0, now_s + period_s - time.monotonic()))


def render(player: Player, screen: Screen, scene: Scene, film: Film, *, fps: float, stop: Stop) -> None:
    """Render the recording from the player's position to its end into a film at `fps`
    frames per second, as fast as they can be drawn.  `stop` ends it early."""
    blitter = Blitter(screen.canvas, *scene.layers)
    left_s = (player.recording.duration_s - player.t_s) / player.speed
    for i in range(max(1, round(left_s * fps))):
        if stop.is_set():
            return
        scene.show(player.recording.view(player.t_s + i / fps * player.speed))
        blitter.update()
        film.write(screen.image(), i / fps)


def take_picture(recording: Recording, t_s: float, screen: Screen, scene: Scene) -> None:
    """Draw the pose at time `t_s`."""
    scene.show(recording.view(t_s))
    Blitter(screen.canvas, *scene.layers).update()
