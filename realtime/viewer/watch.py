"""The live viewer: shows the poses of a publisher."""

from __future__ import annotations

import math
import time
from dataclasses import replace

from matplotlib.artist import Artist

from ..films.film import Film
from ..runtime.stop import Stop
from ..wire.message import PoseMessage
from ..wire.subscriber import PoseSubscriber
from .blit import Blitter
from .controls.connect import connect_window
from .controls.help import Help
from .form.counter import Counter
from .form.form_view import FormView
from .gait.footfalls import FootfallStrip
from .gait.gait_view import GaitView
from .inset.camera_view import CameraFeed
from .inset.inset import Inset
from .live_view import LiveView
from .scene import Scene
from .screen import Screen
from .view import View

_CAMERA_WAIT_S = 0.5  # after the pose, for a single picture of both


class Live:
    """A live stream on a screen: the scene, and the camera's picture in its corner, if `inset`."""

    def __init__(
        self, subscriber: PoseSubscriber, live_view: LiveView, screen: Screen, scene: Scene, *, inset: bool
    ) -> None:
        self.subscriber, self.screen, self.scene = subscriber, screen, scene
        self.camera = CameraFeed(subscriber, shown=inset)
        self.inset = Inset(screen.figure, scene.theme)
        self.strip = FootfallStrip(screen.figure, scene.theme)
        self.counter = Counter(screen.figure, scene.theme)
        self._live_view, self._gait, self._form = live_view, GaitView(), FormView()

    @property
    def layers(self) -> list[tuple[Artist, ...]]:
        """The artists that `show` updates, rarely changing ones first."""
        words, *moving = self.scene.layers
        return [(*words, self.strip.label), self.counter.artists, self.inset.artists, (self.strip,), *moving]

    def receive(self, message: PoseMessage | None, now_s: float) -> None:
        """Take a message in, if there is one, and what has come of gait and form."""
        if message is not None:
            self._live_view.receive(message, now_s, time.time_ns())
        self._gait.receive(self.subscriber.gait, self.subscriber.gait_events())
        self._form.receive(self.subscriber.form)

    def show(self, now_s: float) -> None:
        """Update the artists for the next draw."""
        view = self._view(now_s)
        current = view.t_s > 0 and not view.dim  # the pose, and so gait and form, is of now
        words = self._gait.words(view.t_s) if current else ""
        self.scene.show(replace(view, details="\n".join(filter(None, (view.details, words)))))
        self.strip.show(self._gait.footfalls(view.t_s) if current else None)
        self.counter.show(self._form.board(view.t_s) if current else None)
        self.inset.show(self.camera.view(now_s), dim=self.camera.is_dim)

    @property
    def has_pose(self) -> bool:
        """Whether the newest message contains a pose that can be drawn."""
        return self._live_view.has_pose

    def headline(self, now_s: float) -> str:
        """What the scene says in large, '' for nothing."""
        return self._view(now_s).headline

    def _view(self, now_s: float) -> View:
        return self._live_view.view(now_s, self.subscriber.status, self.subscriber.silent_s)


def watch(live: Live, *, fps: float, film: Film | None, stop: Stop) -> None:
    """Show the published poses until the window is closed or `stop` is set.

    Waits on the socket and draws at most `fps` times a second; only the newest of several
    messages is drawn.  Call it from the window's thread.
    """
    screen, subscriber = live.screen, live.subscriber
    helping = Help(screen.figure, live.scene.theme, lambda: live.camera.note, hint=film is None)
    connect_window(screen, live.scene, {"inset": live.camera.toggle}, helping, [live.inset, live.strip, live.counter])
    words, *between, moving = live.layers
    blitter = Blitter(screen.canvas, (*words, helping.hint), *between, (*moving, helping.panel))
    period_s, start_s = 1 / fps, time.monotonic()
    due_s = start_s
    while screen.is_open and not stop.is_set():
        message = subscriber.poll(period_s)
        early_s = due_s - time.monotonic()
        if early_s > 0:
            time.sleep(early_s)
            message = subscriber.poll(0) or message
        now_s = time.monotonic()
        due_s = now_s + period_s
        live.receive(message, now_s)
        live.show(now_s)
        helping.show(now_s)
        if blitter.update() and film is not None:
            film.write(screen.image(), now_s - start_s)
        screen.pump()


def take_picture(live: Live, *, timeout_s: float, stop: Stop) -> str:
    """Draw the next valid pose.  Returns '', or what it is waiting for if none came in time."""
    now_s = time.monotonic()
    end_s, pose_s = now_s + timeout_s, math.inf
    while now_s < end_s and not stop.is_set():
        live.receive(live.subscriber.poll(0.05), now_s)
        now_s = time.monotonic()
        if live.has_pose:
            pose_s = min(pose_s, now_s)
            if now_s > pose_s + _CAMERA_WAIT_S or not live.camera.is_awaited(now_s):
                break
    if not live.has_pose:
        return live.headline(now_s)
    live.show(now_s)
    Blitter(live.screen.canvas, *live.layers).update()
    return ""
