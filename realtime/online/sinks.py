"""Where the poses of a live run go: a table of sinks.

To add one: a module with a class that fulfils `LiveSink`, a row here, and its name in `settings.SINKS`, from
which `--sinks` takes it.  A sink that cannot be opened ends the start in one line.  Later faults of the outside (a
full disk, a reader that is slow) are its own to handle: it sets `fault`, which is shown on the
status line and in the status message, and the run continues.  An exception from a sink is a bug: it costs the sink that
estimate, and ends the run where it comes with every one (watch/stage.py).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, closing

from ..errors import UsageError
from ..formats.recorded_video import CONTENTS
from ..recording.background import BackgroundRecorder
from ..recording.recorder import Recorder
from ..recording.video_recorder import VideoRecorder
from ..settings import Settings
from ..wire.bind import is_local
from ..wire.preview_pictures import PreviewPictures
from ..wire.publisher import Publisher
from .analyses import open_analyses
from .live_sink import LiveSink, RunContext

PUBLISH, RECORD, VIDEO = "publish", "record", "video"


def _publisher(run: RunContext) -> Publisher:
    return Publisher(
        run.settings.bind,
        source=run.source.name,
        skeleton=run.estimator.skeleton,
        model=run.estimator.model,
        session=run.session,
        fov_deg=run.estimator.fov_deg,
        delay_frames=run.estimator.delay,
        height_m=run.estimator.height_m,
        insecure=run.settings.insecure,
        curve_secret_file=run.settings.curve_key,
        process=run.process,
        pictures=PreviewPictures() if publishes_previews(run.settings) else None,
    )


def publishes_previews(settings: Settings) -> bool:
    """Whether viewers may see the camera's picture: by default those of this machine."""
    return settings.preview == "on" or (settings.preview == "auto" and is_local(settings.bind))


def _recorder(run: RunContext) -> BackgroundRecorder:
    recorder = Recorder(
        run.settings.out,
        run.estimator.skeleton,
        source=run.source.name,
        model=run.estimator.model,
        session=run.session,
        height_m=run.estimator.height_m,
        camera_pitch=run.settings.camera_pitch,
        place=run.settings.place,
        min_free_bytes=_min_free_bytes(run.settings),
        clock=run.clock,
        contents=CONTENTS if VIDEO in wanted_sinks(run.settings) else None,
    )
    return BackgroundRecorder(recorder)


def _video_recorder(run: RunContext) -> VideoRecorder:
    return VideoRecorder(run.settings.out, run.clock, min_free_bytes=_min_free_bytes(run.settings))


def _min_free_bytes(settings: Settings) -> int:
    return round(settings.min_free_gb * 1e9)


SINKS: dict[str, Callable[[RunContext], LiveSink]] = {
    RECORD: _recorder,  # before what readers can reach
    PUBLISH: _publisher,
    VIDEO: _video_recorder,
}


def wanted_sinks(settings: Settings) -> list[str]:
    """The names of the sinks that the settings ask for, in the order of the table.
    Raises UsageError for a video without a recording."""
    wanted = [name for name in settings.sinks if (name != RECORD or settings.record) and name != VIDEO]
    wanted.sort(key=list(SINKS).index)
    if not settings.save_video and VIDEO not in settings.sinks:
        return wanted
    if RECORD not in wanted:
        raise UsageError(
            "--save-video keeps the video beside joints.npy: leave out --no-record, or name record in --sinks"
        )
    return [*wanted, VIDEO]  # into the folder that the recorder holds


def open_sinks(run: RunContext, cleanup: ExitStack) -> dict[str, LiveSink]:
    """The sinks that the settings ask for, by name, in the order of the table, then the analyses; `cleanup` closes
    them.  Errors as for `wanted_sinks` and `open_analyses`, and SinkError where one cannot be opened."""
    wanted = wanted_sinks(run.settings)
    sinks: dict[str, LiveSink] = {}
    # A recorder moves the recording before it aside, which a start that fails must not do: it is opened last.
    publisher = cleanup.enter_context(closing(_publisher(run))) if PUBLISH in wanted else None
    if publisher is not None:
        sinks[PUBLISH] = publisher
    analyses = open_analyses(run, publisher.publish if publisher else None)
    for name in wanted:
        if name not in sinks:
            sinks[name] = cleanup.enter_context(closing(SINKS[name](run)))
    return {**{name: sinks[name] for name in wanted}, **analyses}
