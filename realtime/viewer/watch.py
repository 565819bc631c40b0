"""The live viewer: shows the poses of a publisher."""

from __future__ import annotations

import time

from ..films.film import Film
from ..runtime.stop import Stop
from ..wire.subscriber import PoseSubscriber
from .blit import Blitter
from .live_view import LiveView
from .scene import Scene
from .screen import Screen


def watch(
    subscriber: PoseSubscriber,
    live_view: LiveView,
    screen: Screen,
    scene: Scene,
    *,
    fps: float,
    film: Film | None,
    stop: Stop,
) -> None:
    """Show the published poses until the window is closed or `stop` is set.

    Waits on the socket and draws at most `fps` times a second; only the newest of several
    messages is drawn.  Call it from the window's thread.
    """
    blitter = Blitter(screen.canvas, *scene.layers)
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
        if message is not None:
            live_view.receive(message, now_s, time.time_ns())
        scene.show(live_view.view(now_s, subscriber.status, subscriber.silent_s))
        if blitter.update() and film is not None:
            film.write(screen.image(), now_s - start_s)
        screen.pump()


def take_picture(
    subscriber: PoseSubscriber, live_view: LiveView, screen: Screen, scene: Scene, *, timeout_s: float, stop: Stop
) -> str:
    """Draw the next valid pose.  Returns '', or what it is waiting for if none came in time."""
    end_s = time.monotonic() + timeout_s
    while not live_view.has_pose and time.monotonic() < end_s and not stop.is_set():
        message = subscriber.poll(0.1)
        if message is not None:
            live_view.receive(message, time.monotonic(), time.time_ns())
    view = live_view.view(time.monotonic(), subscriber.status, subscriber.silent_s)
    if not live_view.has_pose:
        return view.headline
    scene.show(view)
    Blitter(screen.canvas, *scene.layers).update()
    return ""
