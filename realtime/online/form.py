"""`--analyze form`: repetitions of an exercise and how each is done, from the poses that are published, which are not
touched."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..analysis.form.live import Counted, LiveForm
from ..analysis.form.live_sets import LiveSets
from ..analysis.form.options import AUTO
from ..analysis.form.result import LOCKOUT, NO_EXERCISE, Fault
from ..estimation.camera_level import CameraLevel
from ..pose import NO_PERSON, RECONNECTING, STAGE_STALLED, STALE_CAMERA, Estimate
from ..runtime.text import Field
from ..runtime.timing import Rate
from ..settings import Settings
from ..stages import ENDED
from ..wire.analyses.form import FormFault, FormMessage, FormRepetition
from ..wire.message import StatusMessage
from .form_level import FormLevel
from .form_records import Stamps, as_text, fault_of, repetition_of

_EVERY_S = 1.0
LEAST_FPS = 12.0
_LEFT_S = 1.0  # who was not seen for so long has left
_NOBODY = {
    NO_PERSON: "nobody is in view",
    STALE_CAMERA: "the camera has stopped",
    RECONNECTING: "the camera is disconnected",
    STAGE_STALLED: "the program does not answer",
}

Publish = Callable[[FormMessage], None]


def open_form(settings: Settings, level: CameraLevel, publish: Publish) -> FormSink:
    """The sink; `level` is that of the run."""
    level_of = FormLevel(settings, level)
    return FormSink(LiveForm(settings.exercise), level_of, publish, recognises=settings.exercise == AUTO)


class FormSink:
    """A sink that publishes the form of the person who is followed: with every repetition, every change of exercise,
    phase, counts or person, every fault, and once a second.

    `recognises`: the analysis is to find out the exercise, for which it needs `LEAST_FPS`: with fewer it takes the
    swinging arms of somebody who walks for an exercise."""

    def __init__(self, form: LiveForm, level: FormLevel, publish: Publish, *, recognises: bool = False) -> None:
        self.fault = ""
        self._recognises, self._rate = recognises, Rate()
        self._form, self._level, self._publish = form, level, publish
        self.sets = LiveSets()
        self._person: int | None = None  # the newest one that was followed
        self._partials = NO_EXERCISE, 0  # those of the analysis, which are of an exercise
        self._repetition: FormRepetition | None = None
        self._faults: tuple[FormFault, ...] = ()
        self._is_moving = False  # a repetition goes on
        self._numbers = {"repetition": 0, "fault": 0}  # of the newest, in the session
        self._told: tuple[Any, ...] = ()  # what the newest message said
        self._due_s = -math.inf
        self._newest: Estimate | None = None
        self._pushed_s = -math.inf  # the time of the newest pose that the analysis has

    def __call__(self, estimate: Estimate) -> None:
        """Take an estimate, and publish what is new."""
        person, t_s = estimate.person, estimate.pose.t_capture_ns / 1e9
        if person is not None and person != self._person:
            if self._person is not None:
                self._begin_anew()
            self._person = person
        if t_s < self._pushed_s:  # another recording begins
            self._begin_anew()
            self._rate = Rate()
        self._newest = estimate
        self._count_all(estimate, self._advance(estimate, t_s), t_s)
        self._take_state(estimate, t_s)
        if self._news(estimate) != self._told or not 0 < self._due_s - t_s <= _EVERY_S:
            self._tell(estimate, t_s)

    def _begin_anew(self) -> None:
        """Nobody goes on with what was begun."""
        self._count_the_last()
        self._form.reset()
        self._partials, self._is_moving, self._pushed_s = (NO_EXERCISE, 0), False, -math.inf

    def _count_the_last(self) -> None:
        """Count what was nearly complete with the newest pose."""
        if self._newest is not None:
            t_s = self._newest.pose.t_capture_ns / 1e9
            self._count_all(self._newest, self._form.miss(t_s + _LEFT_S), t_s)
            self._newest = None

    def _advance(self, estimate: Estimate, t_s: float) -> list[Counted]:
        if t_s != self._pushed_s:
            self._rate.tick(t_s)
        if self._recognises and self._is_slow(t_s):
            return self._form.miss(t_s)
        if not estimate.pose.usable or t_s == self._pushed_s:
            return self._form.miss(t_s)
        self._pushed_s = t_s
        pose = self._level(estimate.pose)
        self._form.camera, self._form.height_told = self._level.now, estimate.height_m is not None
        with np.errstate(all="ignore"):  # joints at one place have no angle
            return self._form.push(pose)

    def _is_slow(self, t_s: float) -> bool:
        return 0 < self._rate.at(t_s) < LEAST_FPS

    def _why(self, estimate: Estimate, t_s: float) -> str:
        """Why nothing is counted, or may be missed."""
        if estimate.pose.reason in _NOBODY:
            return _NOBODY[estimate.pose.reason]
        if not self._is_slow(t_s):
            return self._form.state.why
        rate = f"only {self._rate.at(t_s):.0f} frames a second"
        if self._recognises:
            return f"{rate}: name the exercise with --exercise, or take a faster detector (--landmarks lite)"
        return f"{rate}: repetitions may be missed"

    def _count_all(self, estimate: Estimate, found: list[Counted], t_s: float) -> None:
        for counted in found:
            self._count(estimate, counted)
            self._tell(estimate, t_s)

    def _count(self, estimate: Estimate, counted: Counted) -> None:
        self.sets.add(counted, self._known_exercise())
        self._numbers["repetition"] += 1
        newest, number = self.sets.newest, self._numbers["repetition"]
        self._repetition = repetition_of(
            counted, Stamps(estimate), number=number, in_set=newest.count, exercise=newest.exercise
        )
        self._add_faults(estimate, counted.faults, self.sets.newest.count)
        self._is_moving = False

    def _known_exercise(self) -> str:
        """The exercise that is done, or was done last."""
        exercise = self._form.state.exercise
        return exercise if exercise != NO_EXERCISE else self.sets.newest.exercise or NO_EXERCISE

    def _take_state(self, estimate: Estimate, t_s: float) -> None:
        """Take over what the analysis says of the repetition that goes on, if one does."""
        state = self._form.state
        exercise, partials = self._partials
        if exercise == state.exercise:  # else they are movements that were taken for another one
            self.sets.add_partials(max(0, state.partials - partials), t_s)
        self._partials = state.exercise, state.partials
        if state.phase in ("", LOCKOUT):
            self._is_moving = False
            if self.sets.has_ended(t_s):
                self._form.begin_set()
            return
        if not self._is_moving:
            self._is_moving, self._faults = True, ()
        self._add_faults(estimate, state.faults, self.sets.next_in_set(t_s))

    def _add_faults(self, estimate: Estimate, faults: Sequence[Fault], in_set: int) -> None:
        """Each that was not told yet of this repetition."""
        stamps = Stamps(estimate)
        for fault in faults:
            if not any(fault.key == known.key for known in self._faults):
                self._numbers["fault"] += 1
                told = fault_of(fault, stamps, number=self._numbers["fault"], in_set=in_set)
                self._faults = (*self._faults, told)

    def _news(self, estimate: Estimate) -> tuple[Any, ...]:
        state, newest = self._form.state, self.sets.newest
        counts = newest.number, newest.count, newest.partials
        return estimate.person, estimate.pose.reason, state.exercise, state.phase, counts, self._numbers["fault"]

    def _tell(self, estimate: Estimate, t_s: float) -> None:
        self._told, self._due_s = self._news(estimate), t_s + _EVERY_S
        state, newest, pose = self._form.state, self.sets.newest, estimate.pose
        self._publish(
            FormMessage(
                frame=pose.index,
                t_capture_ns=pose.t_capture_ns,
                t_unix_ns=pose.t_unix_ns,
                person=estimate.person,
                exercise=state.exercise,
                why=as_text(self._why(estimate, t_s)),
                phase=state.phase,
                set_number=newest.number,
                count=newest.count,
                partials=newest.partials,
                repetition=self._repetition,
                faults=self._faults,
            )
        )

    def report(self, status: StatusMessage) -> None:
        """Where the source has ended, count what was nearly complete."""
        if status.state == ENDED:
            self._count_the_last()

    def status_words(self) -> Field:
        """The exercise and its count."""
        exercise, newest = self._form.state.exercise, self.sets.newest
        if exercise == NO_EXERCISE and not newest.count:
            return Field("form none")
        words = f"{newest.exercise if newest.count else exercise} {newest.count}"
        return Field(f"form {words}", words)

    def status_fields(self) -> dict[str, Any]:
        """None: form has messages of its own."""
        return {}

    def close(self) -> None:
        """Nothing is open."""
