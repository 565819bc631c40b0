"""Where the poses of a live run go: a table of sinks.

To add one: a module with a class that fulfils `LiveSink`, a row here, and its name in `settings.SINKS`, from
which `--sinks` takes it.  A sink that cannot be opened ends the start in one line.  Later faults of the outside (a
full disk, a reader that is slow) are its own to handle: it sets `fault`, which is shown on the
status line and in the status message, and the run continues.  An exception from a sink is a bug and ends the run.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..errors import UsageError
from ..estimation.estimator import Estimator
from ..formats.recorded_video import CONTENTS
from ..pose import Estimate
from ..recording.clock import RecordingClock
from ..recording.recorder import Recorder
from ..recording.video_recorder import VideoRecorder
from ..runtime.text import Field
from ..settings import Settings
from ..stages import Source
from ..wire.bind import is_local
from ..wire.message import StatusMessage
from ..wire.preview_pictures import PreviewPictures
from ..wire.publisher import Publisher
from ..wire.relay import SocketProcess

PUBLISH, RECORD, VIDEO = "publish", "record", "video"


class LiveSink(Protocol):
    """A `stages.Sink` with its part in the account of a run.  One thread uses it."""

    fault: str  # a problem that the user should fix, '' where there is none

    def __call__(self, estimate: Estimate) -> None:
        """Take an estimate, without holding the loop up."""

    def report(self, status: StatusMessage) -> None:
        """Take the state of the run, once a second."""

    def status_words(self) -> Field:
        """Its field of the status line, of which nothing is shown if it is empty."""

    def status_fields(self) -> dict[str, Any]:
        """Its share of the StatusMessage, by field."""

    def close(self) -> None:
        """Close everything; may be called twice."""


@dataclass(frozen=True)
class RunContext:
    """What a sink can know about the run; `session` is unique to each run, `clock` the one of all
    that it records, `process` is for the publishing socket, where it was started ahead."""

    settings: Settings
    source: Source
    estimator: Estimator
    session: str
    clock: RecordingClock = field(default_factory=RecordingClock.now)
    process: SocketProcess | None = None


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


def _recorder(run: RunContext) -> Recorder:
    return Recorder(
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
    """The sinks that the settings ask for, by name, in the order of the table; `cleanup` closes them.
    Errors as for `wanted_sinks`, and SinkError where one cannot be opened."""
    wanted = wanted_sinks(run.settings)
    # The socket first: a recorder moves the recording before it aside, which a start that fails must not do.
    socket_first = sorted(wanted, key=lambda name: name != PUBLISH)
    sinks = {name: cleanup.enter_context(closing(SINKS[name](run))) for name in socket_first}
    return {name: sinks[name] for name in wanted}
