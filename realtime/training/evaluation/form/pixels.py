"""From pixels: knee and depth of rendered people, by lifted joints and by BlazePose's world landmarks of the same
frames, and how many repetitions are counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from ....analysis.form.analyse import analyse_form
from ....analysis.form.live import LiveForm
from ....analysis.form.options import AUTO, FormOptions
from ....errors import UsageError
from ....motion import Floats, Motion3D
from ..intervals import interval, shown
from ..lifts import lift_keypoints
from ..text_table import text_table
from .counters import poses_of
from .rendered_sets import RATE_HZ, RenderedSet
from .studio import LIVE, OFFLINE, VIEWS, way_of
from .turns import MEASURES, UNITS, Turn, at_turn, corrected, some

BLAZEPOSE = "BlazePose"
SOURCES = OFFLINE, LIVE, BLAZEPOSE
TOLD, ESTIMATED, UNKNOWN = TILTS = "told", "estimated", "not known"
ALL_VIEWS = "all views"


def lifted(one: RenderedSet, folds: Path | None) -> dict[str, Motion3D] | None:
    """The motions that users get of a set, by OFFLINE and LIVE, with the height told, from networks without the person;
    None where there are none."""
    try:
        ways = {kind: way_of(kind, one.person, folds) for kind in (OFFLINE, LIVE)}
    except UsageError:
        return None
    return {kind: lift_keypoints(one.keypoints, way, one.height_m) for kind, way in ways.items()}


def turns_of(one: RenderedSet, motions: Mapping[str, Motion3D]) -> Iterator[Turn]:
    """Every measure of every repetition of a set, by what was lifted and by BlazePose, in axes levelled by the true
    tilt of the camera, by that which `lift` estimates, and as they are."""
    estimate = motions[OFFLINE].camera_pitch
    pitches = {TOLD: one.pitch_deg, ESTIMATED: 0.0 if estimate is None else estimate.deg, UNKNOWN: 0.0}
    for first, last in one.spans:
        take = partial(at_turn, exercise=one.exercise, span_s=(first / RATE_HZ, last / RATE_HZ))
        true = take(one.true, pitch_deg=one.pitch_deg)
        for source, seen in (*motions.items(), (BLAZEPOSE, one.world)):
            for tilt, pitch_deg in pitches.items():
                found = take(seen, pitch_deg=pitch_deg)
                for key in MEASURES:
                    yield Turn(one.person, one.exercise, one.view, source, tilt, key, true[key], found[key])


def error_table(turns: Sequence[Turn], measure: str, tilt: str) -> str:
    """By source and view: the bias; the error without its sign as it is, less one offset of other people, and less that
    of other people from the same view: medians, and within what nine of ten lie."""
    unit = UNITS[measure]
    heads = (
        "",
        "view",
        "people",
        "repetitions",
        f"bias {unit}",
        "median |e|",
        "less offset",
        "9 of 10",
        "by view",
        "9 of 10",
    )
    rows = []
    for source in SOURCES:
        its = some(turns, source=source, measure=measure, tilt=tilt)
        errors, views = np.array([one.error for one in its]), np.array([one.view for one in its])
        left = [np.abs(corrected(its, by_view=by_view)) for by_view in (False, True)]
        for view in (ALL_VIEWS, *VIEWS):
            chosen = (views == view) | (view == ALL_VIEWS)
            if chosen.any():
                people = {one.person for one, taken in zip(its, chosen, strict=True) if taken}
                cells = [f"{np.median(errors[chosen]):+.1f}", f"{np.median(np.abs(errors[chosen])):.1f}"]
                cells += [f"{np.quantile(rest[chosen], share):.1f}" for rest in left for share in (0.5, 0.9)]
                rows.append((source, view, str(len(people)), str(int(chosen.sum())), *cells))
    return text_table(heads, rows, labels=2)


def paired_table(turns: Sequence[Turn], source: str, tilt: str) -> str:
    """For each measure and view: the error without its sign of a source and of BlazePose, each less an offset of its
    own that other people have: medians and means, and their paired differences with intervals over people."""
    heads = (
        "",
        "view",
        "people",
        f"median, {source}",
        BLAZEPOSE,
        "difference",
        f"mean, {source}",
        BLAZEPOSE,
        "difference",
    )
    rows = []
    for measure in MEASURES:
        both = [some(turns, source=name, measure=measure, tilt=tilt) for name in (source, BLAZEPOSE)]
        left = np.abs([corrected(its) for its in both])
        people, views = (np.array([getattr(one, field) for one in both[0]]) for field in ("person", "view"))
        for view in (ALL_VIEWS, *VIEWS):
            from_there = (views == view) | (view == ALL_VIEWS)
            units = [left[:, from_there & (people == person)] for person in dict.fromkeys(people[from_there])]
            if units:
                cells = [cell for statistic in (np.median, np.mean) for cell in _paired(units, statistic)]
                rows.append((f"{measure}, {UNITS[measure]}", view, str(len(units)), *cells))
    return text_table(heads, rows, labels=2)


def _paired(units: Sequence[Floats], statistic: Callable[[Any], Any]) -> tuple[str, str, str]:
    """Statistics of errors (2, n) of each of some people, and their difference."""

    def difference(chosen: Sequence[Floats]) -> float:
        ours, theirs = np.concatenate(chosen, 1)
        return float(statistic(ours) - statistic(theirs))

    ours, theirs = np.concatenate(units, 1)
    return f"{statistic(ours):.1f}", f"{statistic(theirs):.1f}", shown(interval(units, difference), 1)


def stated_table(sets: Sequence[tuple[RenderedSet, Mapping[str, Motion3D]]]) -> str:
    """What a report of the recordings says, the exercise told: for how many repetitions there is a number, how far it
    is from the truth, and for how many the truth lies within the stated error."""
    heads = (
        "report",
        "view",
        "repetitions",
        "with a number",
        "median |e|",
        "9 of 10",
        "within the stated error",
        "the error",
    )
    found = [(one.view, *its) for one, motions in sets for its in _stated(one, motions[OFFLINE])]
    rows = []
    for key in MEASURES:
        for view in (ALL_VIEWS, *VIEWS):
            its = [(error, stated) for seen, of, error, stated in found if of == key and view in (ALL_VIEWS, seen)]
            given = np.array([pair for pair in its if np.isfinite(pair[0])]).reshape(-1, 2)
            if not its:
                continue
            cells = ["–"] * 4
            if len(given):
                error, stated = np.abs(given[:, 0]), given[:, 1]
                cells = [
                    f"{np.median(error):.1f}",
                    f"{np.quantile(error, 0.9):.1f}",
                    f"{100 * np.mean(error <= stated):.0f} %",
                ]
                cells.append(f"± {np.median(stated):.0f}")
            rows.append((f"{key}, {UNITS[key]}", view, str(len(its)), str(len(given)), *cells))
    return text_table(heads, rows, labels=2)


def _stated(one: RenderedSet, motion: Motion3D) -> Iterator[tuple[str, float, float]]:
    """Of each measure of each true repetition that is counted: the error of its number, NaN without one, and the error
    that is stated."""
    forms = analyse_form(motion, FormOptions(exercise=one.exercise)).repetitions
    for first, last in one.spans:
        start_s, end_s = first / RATE_HZ, last / RATE_HZ
        true = at_turn(one.true, one.exercise, (start_s, end_s), one.pitch_deg)
        for form in forms:
            if start_s < form.repetition.bottom_s < end_s:
                for key in MEASURES:
                    measure = form.measure(key)
                    if measure is None or measure.value is None:
                        yield key, np.nan, np.nan
                    else:
                        yield key, measure.value - true[key], measure.error


def count_lines(sets: Sequence[tuple[RenderedSet, Mapping[str, Motion3D]]]) -> str:
    """How many sets are counted as they are by the counters that ship, the exercise told and not told, and each one
    that is not."""
    lines = []
    for kind, count in ((OFFLINE, _in_recording), (LIVE, _in_live_use)):
        for told in (True, False):
            wrong = []
            for one, motions in sets:
                found = count(motions[kind], one.exercise if told else AUTO)
                if found != (len(one.spans), one.exercise):
                    wrong.append(f"{one.name}: {found[0]} of {len(one.spans)}, {found[1]}")
            how = "exercise told" if told else "nothing told"
            lines.append(f"{kind}, {how}: {len(sets) - len(wrong)} of {len(sets)} sets exact. {'; '.join(wrong)}")
    return "\n".join(lines)


def _in_recording(motion: Motion3D, exercise: str) -> tuple[int, str]:
    result = analyse_form(motion, FormOptions(exercise=exercise))
    return result.count, result.exercise


def _in_live_use(motion: Motion3D, exercise: str) -> tuple[int, str]:
    form, count = LiveForm(exercise), 0
    for pose in poses_of(motion):
        count += len(form.push(pose) if pose.valid else form.miss(pose.t_capture_ns / 1e9))
    return count + len(form.miss(float(motion.times_s[-1]) + 1.0)), form.state.exercise
