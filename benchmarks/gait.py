"""Accuracy of gait analysis: events, looped trials and joint angles on people that no network was trained on.

The truth is motion capture at 120 and 170 Hz; users' joints come from virtual cameras, recorded errors of BlazePose
and `lift`.  Parts, of which some can be named: `python -m benchmarks gait events knee`.  Motion capture is taken from
../shared, where it is there, for it may not be in the project.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

from realtime.analysis.gait.analyse import analyse_gait
from realtime.analysis.gait.offsets import speed_factor
from realtime.analysis.gait.result import EVENTS, LIFTED, MARKERS
from realtime.training.evaluation.gait import angles, clips, events, loop_errors, offsets
from realtime.training.evaluation.gait.contacts import Limits, is_clear, true_events
from realtime.training.evaluation.gait.loops import Loop, Stride, loop, strides_of
from realtime.training.evaluation.gait.matching import match
from realtime.training.evaluation.gait.trials import RUN, WALK, Trial, has_true_feet, trials
from realtime.training.evaluation.gait.wayside import LIVE, OFFLINE, SIDE, VIEWS, shoot
from realtime.training.evaluation.lifts import Way, lifted
from realtime.training.evaluation.shots import bank_of
from realtime.training.evaluation.truth_clips import find_clips

HERE = Path(__file__).parent
DATA = HERE.parents[1] / "shared" / "data" / "mocap"
CACHE = Path("out_files/cache")
RATE_HZ = 30.0
PLACES = "overground", "treadmill"
ASYMMETRIES = 0.0, 5.0, 10.0
LOOPED, MOST_LOOPED = 20, 8  # strides in a loop, strides that are looped
OVERGROUND_S = 10.0  # what a steady camera can have in its picture


@cache
def everything() -> list[Trial]:
    """All walks and runs, in which no foot drags."""
    return [
        trial for trial in trials(DATA, true_feet=False) if not has_true_feet(trial) or is_clear(true_events(trial))
    ]


def some(kind: str, *, held_out: bool, true_feet: bool = True) -> list[Trial]:
    """Those of one side of the split."""
    return [
        trial
        for trial in everything()
        if trial.kind == kind and trial.held_out == held_out and has_true_feet(trial) >= true_feet
    ]


@cache
def recorded(kind: str, held_out: bool, view: str, way: Way, rate_hz: float = RATE_HZ) -> list[events.Recording]:
    """Trials of one side of the split under a camera each, with errors of that side."""
    bank = bank_of(held_out=held_out)
    return events.record(some(kind, held_out=held_out), view, way, rate_hz, bank=bank)


def print_truth() -> None:
    """What the truth is, and what other limits of speed and height would make of it."""
    found = [t for t in everything() if has_true_feet(t)]
    for kind in (WALK, RUN):
        counts = [
            f"{len(some(kind, held_out=side))} {'held out' if side else 'for training'}" for side in (True, False)
        ]
        print(f"{kind}s: {', '.join(counts)}")
    print("\nThe truth, had its limits been other ones (ms, median and half IQR of the shift):")
    for kind in (WALK, RUN):
        for factor in (0.7, 1.3):
            shifts = []
            for event in EVENTS:
                units = []
                for trial in (t for t in found if t.kind == kind):
                    true = true_events(trial)
                    other = true_events(trial, Limits().scaled(factor))
                    units.append(match(true, other, event, events.span_of(trial, true)))
                shifts.append(f"{event} {events.bias_ms(units):+.0f} ± {events.half_iqr_ms(units):.0f}")
            print(f"  {kind}, limits × {factor}: {', '.join(shifts)}")


def print_typical() -> None:
    """Cadence and speed of all walks, by markers: the row of analysis/gait/measures/typical.py."""
    walks = [trial for side in (True, False) for trial in some(WALK, held_out=side)]
    found = [analyse_gait(trial.motion()) for trial in walks]
    measures = [(gait.measure("cadence"), gait.speed_m_s) for gait in found]
    steps = [cadence.both.mean for cadence, speed in measures if cadence and speed]
    speeds = [speed for cadence, speed in measures if cadence and speed]
    print(
        f"\n{len(steps)} walks by markers: {min(steps):.0f} to {max(steps):.0f} steps/min (both feet) at "
        f"{min(speeds):.1f} to {max(speeds):.1f} m/s"
    )


def print_events() -> None:
    """Events of held-out people by view, offline and live."""
    print_truth()
    print_typical()
    walks, runs = some(WALK, held_out=True), some(RUN, held_out=True)
    print(f"\nWalking, {RATE_HZ:g} fps, held-out people (ms)")
    groups = {"markers, native rate": events.from_markers(walks)}
    groups |= {f"{view}": recorded(WALK, True, view, OFFLINE) for view in VIEWS}
    groups |= {f"live, {view}": recorded(WALK, True, view, LIVE) for view in VIEWS}
    groups |= {"side, 60 fps": recorded(WALK, True, SIDE, OFFLINE, 60.0)}
    print(events.event_table(groups))
    print(f"\nRunning, {RATE_HZ:g} fps (ms): not validated; one sprint start is held out, the others were trained on")
    groups = {"markers, held out": events.from_markers(runs)}
    groups |= {"markers, seen": events.from_markers(some(RUN, held_out=False))}
    for view in VIEWS:
        groups |= {f"{view}, held out": recorded(RUN, True, view, OFFLINE)}
        groups |= {f"{view}, seen": recorded(RUN, False, view, OFFLINE)}
    groups |= {
        f"live, side, {who}": recorded(RUN, side, SIDE, LIVE) for who, side in (("held out", True), ("seen", False))
    }
    groups |= {
        f"side, 60 fps, {who}": recorded(RUN, side, SIDE, OFFLINE, 60.0)
        for who, side in (("held out", True), ("seen", False))
    }
    print(events.event_table(groups))


def print_offsets() -> None:
    """Rows of analysis/gait/offsets.py, from people of training: markers, and lifted joints from the side."""
    for kind in (WALK, RUN):
        people = some(kind, held_out=False)
        pairs = {MARKERS: [(trial, trial.motion()) for trial in people]}
        pairs[LIFTED] = [(one.trial, one.motion) for one in recorded(kind, False, SIDE, OFFLINE)]
        for origin, of in pairs.items():
            learned = offsets.learn(kind, origin, of)
            print(f"\n    # {kind}, {origin}: {len(people)} trials; true events and those missed: ", end="")
            print(", ".join(f"{one.offset.method} {one.events}/{one.missed}" for one in learned))
            print(offsets.as_code(learned))
    print_speed_factors()


def print_speed_factors() -> None:
    """Of analysis/gait/offsets.py: the speed of looped people of training, over what their standing feet say."""
    for kind in (WALK, RUN):
        ratios = []
        for stride in looped(some(kind, held_out=False)):
            one = _loop(stride, LOOPED // 2, 0.0, treadmill=True)
            shot = shoot(one.trial, SIDE, 0, RATE_HZ, bank_of(held_out=False))
            speed = analyse_gait(lifted(shot, OFFLINE)).speed_m_s
            ratios += [one.speed_m_s * speed_factor(kind, LIFTED) / speed] if speed else []
        spread = np.median(np.abs(ratios - np.median(ratios)))
        print(f"    # speed factor, {kind}, {LIFTED}: {np.median(ratios):.3f} ± {spread:.3f}, {len(ratios)} loops")


def print_loops() -> None:
    """Cadence, stride time, symmetry, speed, step length and contact time of looped strides."""
    walks, runs = looped(some(WALK, held_out=True)), looped(some(RUN, held_out=False))
    held_out_runs = looped(some(RUN, held_out=True, true_feet=False))
    print("\nBy markers, 120 Hz")
    groups = {}
    for name, strides in (("walk", walks), ("run, seen", runs)):
        for place in PLACES:
            groups[f"{name}, {place}"] = [measured(one, None) for one in made(strides, place, LOOPED)]
    print(loop_errors.loop_table(groups))
    print(f"\nLifted from the side, {RATE_HZ:g} fps (overground {OVERGROUND_S:g} s, far enough to be in the picture)")
    groups = {}
    for name, strides in (("walk", walks), ("run, seen", runs)):
        for place in PLACES if name == "walk" else PLACES[1:]:
            groups[f"{name}, {place}"] = [measured(one, OFFLINE) for one in made(strides, place, LOOPED)]
    print(loop_errors.loop_table(groups))
    names = ", ".join(stride.name for stride in held_out_runs)
    print(f"\nHeld-out runs, most of 30 Hz without captured feet, lifted from the side: {names}")
    groups = {"run, treadmill": [measured(one, OFFLINE) for one in made(held_out_runs, PLACES[1], LOOPED)]}
    print(loop_errors.loop_table(groups, ("cadence", "stride time", loop_errors.CHANGE)))
    print("\nContact time by the frame rate, treadmill, from the side")
    groups = {}
    for name, strides in (("walk", walks), ("run, seen", runs)):
        for rate_hz in (30.0, 60.0, 120.0):
            some_loops = made(strides[::2], PLACES[1], LOOPED)[:: len(ASYMMETRIES)]
            groups[f"{name}, markers, {rate_hz:g} fps"] = [measured(thinned(one, rate_hz), None) for one in some_loops]
            groups[f"{name}, lifted, {rate_hz:g} fps"] = [measured(one, OFFLINE, rate_hz) for one in some_loops]
    print(loop_errors.loop_table(groups, ("contact time",)))


def looped(people: Sequence[Trial]) -> list[Stride]:
    """A stride of each of some trials, evenly taken from all."""
    found = [strides[len(strides) // 2] for trial in people if (strides := strides_of(trial))]
    return found[:: max(1, -(-len(found) // MOST_LOOPED))]


@cache
def _loop(stride: Stride, repeats: int, asymmetry: float, treadmill: bool) -> Loop:
    return loop(stride, repeats, 120.0, asymmetry, treadmill=treadmill)


def made(strides: Sequence[Stride], place: str, repeats: int) -> list[Loop]:
    """Loops of all strides and asymmetries."""
    found = []
    for stride in strides:
        count = repeats if place == "treadmill" else min(repeats, round(OVERGROUND_S / stride.duration_s))
        found += [_loop(stride, count, asymmetry, place == "treadmill") for asymmetry in ASYMMETRIES]
    return found


def measured(one: Loop, way: Way | None, rate_hz: float = RATE_HZ) -> loop_errors.LoopResult:
    """A loop analysed by its markers, or lifted from the side."""
    if way is None:
        return loop_errors.LoopResult(one, analyse_gait(one.trial.motion()))
    shot = shoot(one.trial, SIDE, 0, rate_hz, bank_of(held_out=True))
    return loop_errors.LoopResult(one, analyse_gait(lifted(shot, way)))


def thinned(one: Loop, rate_hz: float) -> Loop:
    """A loop with fewer frames a second."""
    step = round(one.trial.rate_hz / rate_hz)
    return replace(one, trial=replace(one.trial, points=one.trial.points[::step], rate_hz=one.trial.rate_hz / step))


def print_knee() -> None:
    """Angles of held-out people after the bias of training people, by view."""
    for kind in (WALK, RUN):
        about = "" if kind == WALK else " (one sprint start)"
        print(f"\n{kind}, held-out people{about}, degrees")
        groups = {}
        for view in VIEWS:
            ours, others = (errors_of(recorded(kind, side, view, OFFLINE)) for side in (True, False))
            groups[view] = (ours, others)
        print(angles.angle_table(groups))
    print_untold()


def print_untold() -> None:
    """By how much angles differ where nobody told the height."""
    trial = some(WALK, held_out=True)[0]
    shot = shoot(trial, SIDE, 0, RATE_HZ, bank_of(held_out=True))
    told, untold = (lifted(shot, OFFLINE, told=told) for told in (True, False))
    apart = [np.abs(angles.angles_of(told, name) - angles.angles_of(untold, name)).max() for name in angles.ANGLES]
    print(f"\nA height is a factor: told and untold, angles of {trial.name} differ by at most {max(apart):.3f} degrees")


def errors_of(recordings: Sequence[events.Recording]) -> list[angles.AngleErrors]:
    """Of every angle in every recording."""
    return [
        angles.AngleErrors(name, one.trial.name, angles.angle_errors(one.motion, one.trial.motion(), name))
        for one in recordings
        for name in angles.ANGLES
    ]


def print_clips() -> None:
    """Rendered clips, from pixels: the same method on true and on lifted joints, and angles beside BlazePose's."""
    chosen = [clip for clip in find_clips(str(HERE / "clips")) if clip.name in clips.NAMES]
    seen = clips.see([*chosen, *find_clips(clips.DEMO)], CACHE)
    straight = [clip for clip in seen if clip.name != clips.DEMO]
    for way in (OFFLINE, LIVE):
        print(f"\n{clips.clip_events(straight, way)}")
    for way in (OFFLINE, LIVE):
        print(f"\n{clips.clip_angles(seen, way)}")


PARTS: dict[str, Callable[[], None]] = {
    "events": print_events,
    "offsets": print_offsets,
    "loops": print_loops,
    "knee": print_knee,
    "clips": print_clips,
}


def main(parts: Sequence[str] = ()) -> None:
    logging.getLogger("realtime").setLevel(logging.ERROR)
    for part in parts or PARTS:
        if part != "clips" and not DATA.is_dir():
            print(f"{part}: left out, there is no {DATA}")
            continue
        print(f"\n-- {part}")
        PARTS[part]()
