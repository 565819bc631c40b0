"""What takes the estimates of a live run, and what it can know of the run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from ..estimation.estimator import Estimator
from ..pose import Estimate
from ..recording.clock import RecordingClock
from ..runtime.text import Field
from ..settings import Settings
from ..stages import Source
from ..wire.message import StatusMessage
from ..wire.relay import SocketProcess


class LiveSink(Protocol):
    """A `stages.Sink` with its part in the account of a run.

    Estimates come from one thread, the status from another: never both at a time, but `fault`, `status_words`
    and `status_fields` may be asked for while an estimate is taken.
    """

    fault: str  # a problem that the user should fix, '' where there is none

    def __call__(self, estimate: Estimate) -> None:
        """Take an estimate, without holding the loop up."""

    def report(self, status: StatusMessage) -> None:
        """Take the state of the run, once a second, without waiting for anything."""

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
