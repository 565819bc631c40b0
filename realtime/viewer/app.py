"""The modes of viz.py: live window, single picture, playback and film export."""

from __future__ import annotations

import logging
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

from ..errors import EXIT_CODE, DisplayError, UsageError
from ..films.files import check_output, save_png
from ..films.film import open_film
from ..runtime.hints import command
from ..runtime.stop import Stop, stop_on_signals
from ..runtime.text import counted
from ..wire.message import DEFAULT_ADDRESS
from ..wire.subscriber import PoseSubscriber
from . import playback, watch
from .live_view import LiveView
from .player import Player, Recording, read_recording
from .scene import SIDE_M, Scene
from .screen import Screen, open_offscreen, open_window
from .scrub import HEIGHT
from .theme import THEMES

_log = logging.getLogger(__name__)

TRAVEL_SIDE_M = 4.0


@dataclass(frozen=True)
class Options:
    """The flags of viz.py; its --help describes them."""

    file: Path | None = None
    connect: str = DEFAULT_ADDRESS
    headless: Path | None = None
    timeout_s: float = 10.0
    record: Path | None = None
    fps: float = 60.0
    size: tuple[int, int] = (800, 800)
    azimuth_deg: float = 25.0
    elevation_deg: float = 12.0
    theme: str = "dark"
    inset: bool = True
    travel: bool = False
    at_s: float = 0.0
    speed: float = 1.0
    curve_server: Path | None = None
    force: bool = False

    def subscriber(self) -> PoseSubscriber:
        """A subscriber for the chosen publisher.  Raises UsageError."""
        return PoseSubscriber(self.connect, curve_server_file=self.curve_server, preview=True)

    def scene(self, screen: Screen, bottom: float = 0.0) -> Scene:
        """A scene with the chosen theme and point of view."""
        return Scene(
            screen.figure,
            THEMES[self.theme],
            azimuth_deg=self.azimuth_deg,
            elevation_deg=self.elevation_deg,
            side_m=TRAVEL_SIDE_M if self.travel else SIDE_M,
            bottom=bottom,
        )

    def live(self, subscriber: PoseSubscriber, screen: Screen) -> watch.Live:
        """The publisher's stream on a screen."""
        live_view = LiveView(self.connect, self.travel)
        return watch.Live(subscriber, live_view, screen, self.scene(screen), inset=self.inset)


def run(options: Options) -> int:
    """Run the viewer; returns the exit code.  Raises PoseError.

    Runs until the window is closed or a signal stops it.
    """
    with stop_on_signals() as stop:
        _check_outputs(options)
        if options.file is not None:
            return _replay(options, options.file, stop)
        if options.headless is not None:
            return _live_picture(options, options.headless, stop)
        return _live(options, stop)


def _check_outputs(options: Options) -> None:
    """Raise RecordError or UsageError for what cannot be written, before anything is opened."""
    for path in filter(None, (options.headless, options.record)):
        if options.file is not None and path.resolve() == options.file.resolve():
            raise UsageError(f"{path} is the recording that is to be shown: give the output another name")
        check_output(path, force=options.force)
    if options.headless is not None and options.headless.suffix.lower() not in (".png", ""):  # pipes have none
        raise UsageError(f"unsupported picture format {options.headless.name!r}: use .png")


def _live(options: Options, stop: Stop) -> int:
    with ExitStack() as held:
        film = None
        if options.record is not None:
            film = held.enter_context(closing(open_film(options.record, options.fps, force=options.force)))
        subscriber = held.enter_context(options.subscriber())
        screen = held.enter_context(closing(_window_or_film_only(options)))
        watch.watch(options.live(subscriber, screen), fps=options.fps, film=film, stop=stop)
    return 0


def _window_or_film_only(options: Options) -> Screen:
    """A window; without a display, an off-screen canvas if a film is to be recorded."""
    try:
        return open_window(options.size, f"3D pose · {options.connect}")
    except DisplayError as fault:
        if options.record is None:
            raise
        _log.warning("%s; recording %s without a window, Ctrl-C ends it", fault, options.record)
        return open_offscreen(options.size)


def _live_picture(options: Options, path: Path, stop: Stop) -> int:
    if options.record is not None:
        raise UsageError("--headless takes one picture of a live stream: leave out --film, or give a FILE")
    with options.subscriber() as subscriber:
        screen = open_offscreen(options.size)
        live = options.live(subscriber, screen)
        waiting = watch.take_picture(live, timeout_s=options.timeout_s, stop=stop)
    if waiting and stop.is_set():
        raise KeyboardInterrupt  # there is no picture, and no time that has run out
    if waiting:
        _log.error(
            "no pose received within %g s (%s), no picture written: %s",
            options.timeout_s,
            waiting,
            "raise --timeout" if subscriber.session else _if_nothing_comes(options),
        )
        return EXIT_CODE
    _save_picture(options, screen, path)
    return 0


def _if_nothing_comes(options: Options) -> str:
    key = options.curve_server
    about_key = f"{key} must be the key of that publisher" if key else "one with a CURVE key needs --curve-server"
    return f"start {command('run')} or raise --timeout; {about_key}"


def _save_picture(options: Options, screen: Screen, path: Path) -> None:
    save_png(screen.image(), path, force=options.force)
    _log.info("wrote %s", path)


def _replay(options: Options, file: Path, stop: Stop) -> int:
    if options.travel:
        raise UsageError("--travel needs a live stream: a joints.npy does not contain the person's position")
    recording = read_recording(file)
    if options.record is None and options.headless is None:
        return _replay_window(options, file, recording, stop)
    screen = open_offscreen(options.size)
    scene = options.scene(screen)
    if options.record is not None:
        player = Player(recording, options.speed, options.at_s)
        with closing(open_film(options.record, options.fps, force=options.force)) as film:
            playback.render(player, screen, scene, film, fps=options.fps, stop=stop)
        _log.info("%s: %s", options.record, counted(film.frames, "frame"))
    if options.headless is not None:
        playback.take_picture(recording, options.at_s, screen, scene)
        _save_picture(options, screen, options.headless)
    return 0


def _replay_window(options: Options, file: Path, recording: Recording, stop: Stop) -> int:
    player = Player(recording, options.speed, options.at_s)
    with closing(open_window(options.size, f"3D pose · {file.name}")) as screen:
        playback.play(player, screen, options.scene(screen, HEIGHT), fps=options.fps, stop=stop)
    return 0
