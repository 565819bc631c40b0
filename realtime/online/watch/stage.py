"""One stage under watch: since when its call runs, how long calls take, and what they raised."""

from __future__ import annotations

import logging
import math
import time
from collections import deque
from collections.abc import Callable
from typing import NoReturn, TypeVar

from ...errors import PoseError, StageError
from ...pose import STAGE_FAILED
from ...runtime.timing import Durations
from ...stages import EndOfSource
from .answers import WrongAnswer

DEADLINE_S = 1.0  # of a call; with a status every second that is told within 2 s
_FIRST_DEADLINE_S = 5.0  # of the first call, in which libraries get ready
_PATIENCE = 3  # times as long as usual, for a stage that is slower
_USUAL_OF = 9  # calls, of which the median is usual
MOST_IN_A_ROW = 30  # failures, a second of a camera's frames
_LOG_EVERY_S = 1.0

Answer = TypeVar("Answer")

_log = logging.getLogger(__name__)

_TITLES = {
    "source": "the source",
    "detect": "the detector",
    "look": "the detector, looking for others in view",
    "lift": "the lifter",
    "record": "the recording",
    "publish": "the publisher",
    "video": "the recording of the video",
    "report": "the report of the status",
    "read and detect": "the thread that reads and detects",
    "lift and publish": "the thread that lifts and publishes",
}


def title_of(name: str) -> str:
    """A stage's name in a sentence."""
    return _TITLES.get(name, f"the sink {name}")


class Stage:
    """Calls a stage's work.  One that raises costs its frame: it is counted and logged, with its traceback where
    everything is (`--verbose`).  Where MOST_IN_A_ROW fail one after the other, StageError ends the run.

    What a user can mend (PoseError), and the end of the source, are raised as they are.  One thread at a
    time calls; others may look at the numbers meanwhile.
    """

    def __init__(self, name: str, durations: Durations | None = None) -> None:
        self.name = name
        self.title = title_of(name)
        self.begun = self.ended = 0  # calls
        self.failures = 0
        self.failed_s = -math.inf  # when it failed last
        self.reason = STAGE_FAILED  # of the pose of a frame that it failed on
        self.was_late = False  # the last call
        self._error = ""  # the last one
        self._in_a_row = 0
        self._logged_s = -math.inf
        self._durations = durations
        self._took_s: deque[float] = deque(maxlen=_USUAL_OF)

    @property
    def is_busy(self) -> bool:
        """Whether a call runs."""
        return self.begun != self.ended

    @property
    def deadline_s(self) -> float:
        """How long a call may take before it hangs."""
        took_s = sorted(self._took_s)
        return max(DEADLINE_S, _PATIENCE * took_s[len(took_s) // 2]) if took_s else _FIRST_DEADLINE_S

    @property
    def failure(self) -> str:
        """What it raised last, in words."""
        times = "once" if self.failures == 1 else f"{self.failures} times"
        return f"{self.title} has failed {times}, that costs a frame each: {self._error}"

    def __call__(self, work: Callable[..., Answer], *args: object) -> Answer | None:
        """What `work` answers, None where it raises."""
        failures, start_s = self.failures, time.monotonic()
        try:
            answer = self.beside(work, *args)
        finally:
            self._count(time.monotonic() - start_s)
        if self.failures == failures:
            self._in_a_row = 0
        return answer

    def beside(self, work: Callable[..., Answer], *args: object) -> Answer | None:
        """The same for what is not done for a frame: it does not count as one, and ends no row of failures."""
        self.begun += 1
        try:
            return work(*args)
        except (PoseError, EndOfSource):
            raise
        except Exception as error:  # noqa: BLE001 - a bug, of whatever kind, in any library
            self._fail(error)
            return None
        finally:
            self.ended = self.begun

    def end(self, error: Exception) -> NoReturn:
        """End the run by StageError for what cannot be cured by going on."""
        _log.debug("%s has failed", self.title, exc_info=error)
        raise StageError(
            f"{self.title} has failed: {_words(error)}; --verbose prints where, please report it"
        ) from error

    def _count(self, took_s: float) -> None:
        # Of a first call nobody knows how long it takes: libraries get ready in it.
        self.was_late = took_s > DEADLINE_S and bool(self._took_s) and took_s > self.deadline_s
        self._took_s.append(took_s)
        if self._durations is not None:
            self._durations.add(took_s * 1e3)

    def _fail(self, error: Exception) -> None:
        self.failures += 1
        self._in_a_row += 1
        self.failed_s = time.monotonic()
        self.reason = error.reason if isinstance(error, WrongAnswer) else STAGE_FAILED
        self._error = _words(error)
        if self._in_a_row >= MOST_IN_A_ROW:
            raise StageError(
                f"{self.title} failed {self._in_a_row} times in a row: {self._error}; "
                "--verbose prints where, please report it"
            ) from error
        if self.failed_s - self._logged_s >= _LOG_EVERY_S:
            self._logged_s = self.failed_s
            _log.warning("%s", self.failure, exc_info=error if _log.isEnabledFor(logging.DEBUG) else None)


def _words(error: Exception) -> str:
    text = " ".join(str(error).split())[:200]
    return text if isinstance(error, WrongAnswer) else f"{type(error).__name__}: {text}".rstrip(": ")
