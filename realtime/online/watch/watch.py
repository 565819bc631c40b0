"""The watch over the stages of a run, from a thread that none of them can hold up."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

from .stage import Stage

_LONGEST_STEP_S = 0.5  # between two looks; after a longer one the program itself was suspended
_SUSPENDED_S = 1.0
_TOLD_S = 3.0  # a failure is told for so long, three reports

_log = logging.getLogger(__name__)

# What to do where a stage hangs; by its name.
_REMEDIES = {
    "source": "check the camera",
    "record": "check the disk of --out",
    "video": "check the disk of --out",
}
_REMEDY = "if it does not come back, end with Ctrl-C and start again"


class Watch:
    """Which stages hang, and which have failed lately.  Call `look` a few times a second, from one thread.

    Its clock stands still while the whole program is suspended, so that nobody is blamed for that.
    """

    def __init__(self, stages: Sequence[Stage]) -> None:
        self._stages = stages
        self._seen: dict[str, tuple[int, float]] = {}  # by stage: the call that runs, and when it was seen first
        self._awake_s, self._looked_s = 0.0, time.monotonic()
        self._hung_s: dict[str, float] = {}
        self.was_suspended = False  # before the newest look

    @property
    def hanging(self) -> list[str]:
        """The names of the stages whose call has taken longer than it may."""
        return list(self._hung_s)

    @property
    def busy(self) -> list[Stage]:
        """The stages in a call."""
        return [stage for stage in self._stages if stage.is_busy]

    def look(self) -> list[str]:
        """The names of the stages that hang since this very look; each is logged."""
        now_s = time.monotonic()
        self.was_suspended = now_s - self._looked_s > _SUSPENDED_S
        self._awake_s += min(now_s - self._looked_s, _LONGEST_STEP_S)
        self._looked_s = now_s
        before, self._hung_s = self._hung_s, {}
        for stage in self._stages:
            since_s = self._busy_s(stage)
            if since_s >= stage.deadline_s:
                self._hung_s[stage.name] = since_s
                if stage.name not in before:
                    _log.warning("%s", self._hanging(stage))
            elif stage.name in before:
                _log.warning("%s answers again, after %.1f s", stage.title, before[stage.name])
        return [name for name in self._hung_s if name not in before]

    def faults(self) -> list[str]:
        """What is wrong, in words: what hangs, then what has failed."""
        now_s = time.monotonic()
        hanging = [self._hanging(stage) for stage in self._stages if stage.name in self._hung_s]
        return [*hanging, *(stage.failure for stage in self._stages if now_s - stage.failed_s < _TOLD_S)]

    def _busy_s(self, stage: Stage) -> float:
        """For how long its call has run, 0 without one."""
        call = stage.begun
        if not stage.is_busy:
            self._seen.pop(stage.name, None)
            return 0.0
        seen, since_s = self._seen.get(stage.name, (0, 0.0))
        if seen != call:
            since_s = self._awake_s
            self._seen[stage.name] = call, since_s
        return self._awake_s - since_s

    def _hanging(self, stage: Stage) -> str:
        remedy = _REMEDIES.get(stage.name, _REMEDY)
        return f"{stage.title} has not answered for {self._hung_s[stage.name]:.0f} s: {remedy}"
