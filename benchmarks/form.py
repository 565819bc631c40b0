"""How exact the analysis of form is: counting, ghosts, and correct against incorrect repetitions.

Ten people of UI-PRMD in sets before virtual cameras, with recorded errors of BlazePose, lifted by networks that were
trained without the person: those that ship for the two who are held out of them, for the others networks in a folder
--folds (docs/form-accuracy.md says how they are made).  Parts can be named: `python -m benchmarks form count --folds
build/folds --cache build/form-sets`.  What was lifted is kept in --cache and not lifted again.  Motion capture is taken
from ../shared, where it is there, for it may not be in the project.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from realtime.analysis.form.exercises import EXERCISES
from realtime.analysis.form.options import AUTO
from realtime.errors import UsageError
from realtime.motion import Motion3D
from realtime.training.evaluation.form import counting, pixels
from realtime.training.evaluation.form.counters import Profiles, counted, learned_profiles
from realtime.training.evaluation.form.counting import CountedSet, grouped
from realtime.training.evaluation.form.ghosts import ghost_table
from realtime.training.evaluation.form.judged_sets import judge_table, judged, learned_rows, view_table
from realtime.training.evaluation.form.lifted_sets import MARKERS, Keeper, LiftedSet
from realtime.training.evaluation.form.measure_errors import measure_errors, offset_rows
from realtime.training.evaluation.form.naive import naive_repetitions
from realtime.training.evaluation.form.offset_rows import as_code as knee_and_depth_rows
from realtime.training.evaluation.form.offset_rows import virtual_turns
from realtime.training.evaluation.form.pastimes import others, pastimes
from realtime.training.evaluation.form.rendered_sets import RenderedSet, pack, read_sets, write_sets
from realtime.training.evaluation.form.repetitions import LIFTERS, Repetitions, read_repetitions
from realtime.training.evaluation.form.scales import as_code, learned_scales
from realtime.training.evaluation.form.sets import LONGEST, SHORTEST, plans_of
from realtime.training.evaluation.form.studio import FOLDS, LIVE, OFFLINE, RATE_HZ, VIEWS
from realtime.training.evaluation.form.turns import DEPTH, KNEE, some
from realtime.training.evaluation.gait.clips import detected
from realtime.training.evaluation.truth_clips import find_clips
from realtime.training.mocap.corpora import Motions, load
from realtime.training.mocap.people import HELD_OUT

DATA = Path(__file__).parents[2] / "shared" / "data" / "mocap"
RENDERED = Path(__file__).parent / "rendered_sets" / "squats.npz"
CACHE = Path("out_files/cache")
OPTIONS = {
    "folds": "the folder with the networks that were trained without a person: PEOPLE/NETWORK.safetensors",
    "cache": "the folder in which lifted sets are kept",
    "clips": "for the part pack: a folder of rendered videos, each with its truth",
}
LIMIT_FRAMES = 10.0
WAYS = MARKERS, OFFLINE, LIVE


@dataclass(frozen=True)
class Data:
    """What the parts measure on: read or lifted when it is asked for."""

    folds: Path | None = None
    cache: Path = CACHE / "form"
    clips: Path | None = None

    @cached_property
    def repetitions(self) -> Repetitions:
        """Of UI-PRMD."""
        return read_repetitions(DATA / "ui-prmd")

    @cached_property
    def motions(self) -> Motions:
        """All corpora."""
        return load(DATA, CACHE)

    @property
    def keeper(self) -> Keeper:
        """That lifts."""
        return Keeper(self.folds, self.cache)

    def sets(self, way: str, *, first: bool = False) -> list[LiftedSet]:
        """All sets whose person no network has seen, or the `first` one of each person and exercise; the others are
        left out, and told."""
        found, without = [], set()
        for plan in (plan for plan in plans_of(self.repetitions) if not first or plan.number == 0):
            try:
                found.append(self.keeper.of_plan(plan, self.repetitions, way))
            except UsageError as fault:
                without.add(str(fault))
        for line in sorted(without):
            print(f"left out: {line}")
        return found

    def idle(self, way: str) -> list[LiftedSet]:
        """People who do something else."""
        return [self.keeper.of(one, view, way) for one, view in pastimes(self.motions, self.repetitions)]

    @cached_property
    def known(self) -> dict[str, Profiles]:
        """For each person profiles of exercises that were learned on the people of the other folds, and for "" those
        that were learned on all: on a set of each person and exercise, by markers and lifted."""
        examples = [one for way in WAYS for one in self.sets(way, first=True)]
        rest = others(self.motions)
        left_out = {person: fold for fold in FOLDS for person in fold}
        by_fold = {fold: learned_profiles(examples, rest, fold) for fold in FOLDS}
        return {person: by_fold[fold] for person, fold in left_out.items()} | {"": learned_profiles(examples, rest)}


def print_count(data: Data) -> None:
    """How well sets are counted, and where their repetitions are."""
    print(data.repetitions)
    everything: dict[str, list[CountedSet]] = {}
    for way in WAYS:
        sets = data.sets(way)
        everything[way] = [counted(one, one.exercise, data.known[one.person]) for one in sets]
        naive = [CountedSet(one, naive_repetitions(one.motion)) for one in sets]
        print(f"\nCounted, {way}, the exercise told")
        print(counting.count_table(_by_exercise(everything[way]) | {"one distance, two thresholds": naive}))
    for way in WAYS[1:]:
        print(f"\nBy view, by what is in a set, by its length, and by the networks, {way}")
        by_view = grouped(everything[way], lambda one: one.truth.view)
        groups = {view: by_view.get(view, []) for view in VIEWS}
        groups |= grouped(everything[way], lambda one: one.truth.kind)
        groups |= _by_length(everything[way]) | grouped(everything[way], _network)
        print(counting.count_table(groups))
    print(f"\nBoundaries and delays, frames at {RATE_HZ:g} a second")
    print(counting.boundary_table(everything, RATE_HZ, LIMIT_FRAMES))


def _network(one: CountedSet) -> str:
    return "networks that ship" if one.truth.person in HELD_OUT else "networks of folds"


def _by_exercise(sets: Sequence[CountedSet]) -> dict[str, list[CountedSet]]:
    lifters = [one for one in sets if one.truth.exercise in LIFTERS]
    others = [one for one in sets if one.truth.exercise not in LIFTERS]
    by_exercise = grouped(sets, lambda one: one.truth.exercise)
    return {"all": list(sets), "lifters' four": lifters, "others": others, **by_exercise}


def _by_length(sets: Sequence[CountedSet]) -> dict[str, list[CountedSet]]:
    usual = f"{SHORTEST} to {LONGEST} repetitions"
    by_length = grouped(
        sets,
        lambda one: usual if SHORTEST <= one.truth.count <= LONGEST else f"{one.truth.count} repetitions",
    )
    return dict(sorted(by_length.items()))


def print_auto(data: Data) -> None:
    """Of which exercise sets are taken to be where nobody tells it, and how they are counted then."""
    for way in WAYS:
        sets = [counted(one, AUTO, data.known[one.person]) for one in data.sets(way, first=True)]
        print(f"\nRecognised, {way}, a set of each person and exercise")
        print(counting.confusion_table(sets))
        print(f"\nCounted, {way}, nothing told")
        print(counting.count_table(_by_exercise(sets)))


def print_ghosts(data: Data) -> None:
    """Repetitions counted while nobody trains."""
    for way in WAYS:
        idle = data.idle(way)
        told = {exercise: [counted(one, exercise, data.known[""]) for one in idle] for exercise in (AUTO, *EXERCISES)}
        print(f"\nGhosts, {way}")
        print(ghost_table(told))


def print_technique(data: Data) -> None:
    """Correct against incorrect repetitions of people who are left out."""
    everyone = {way: list(judged(_lifters_sets(data, way))) for way in WAYS}
    print("\nAUC, correct against incorrect on purpose, learned on the other people")
    print(judge_table(everyone, LIFTERS))
    print("\nBy view, the score")
    print(view_table(everyone, LIFTERS, VIEWS))


def print_scales(data: Data) -> None:
    """The rows of analysis/form/technique/scales.py that are learned: by markers, from all people."""
    everyone = list(judged(_lifters_sets(data, MARKERS)))
    for exercise in LIFTERS:
        print(as_code(learned_scales([one for one in everyone if one.exercise == exercise], learned_rows(exercise))))


def _lifters_sets(data: Data, way: str) -> list[LiftedSet]:
    return [one for one in data.sets(way) if one.exercise in LIFTERS]


@cache
def from_pixels(folds: Path | None) -> list[tuple[RenderedSet, dict[str, Motion3D]]]:
    """Rendered sets of people whom no network has seen, lifted."""
    return [(one, motions) for one in read_sets(RENDERED) if (motions := pixels.lifted(one, folds))]


def print_pixels(data: Data) -> None:
    """Knee and depth of rendered people beside BlazePose's world landmarks, and how many repetitions are counted."""
    sets = from_pixels(data.folds)
    turns = [turn for one, motions in sets for turn in pixels.turns_of(one, motions)]
    print(f"{len(sets)} of {len(read_sets(RENDERED))} rendered sets are of people whom no network has seen")
    print("\nKnee flexion at the turn")
    print(pixels.error_table(turns, KNEE, pixels.TOLD))
    for tilt in pixels.TILTS:
        print(f"\nDepth: the hip over the knee, the tilt of the camera {tilt}")
        print(pixels.error_table(turns, DEPTH, tilt))
    for way in WAYS[1:]:
        for tilt in (pixels.TOLD, pixels.ESTIMATED):
            print(f"\n{way} and BlazePose, less the offsets of other people, the tilt of the camera {tilt}")
            print(pixels.paired_table(turns, way, tilt))
    print(f"\nWhat reports say\n{pixels.stated_table(sets)}")
    print(f"\n{pixels.count_lines(sets)}")


def print_offsets(data: Data) -> None:
    """The rows of analysis/form/technique/offsets.py."""
    rendered = [turn for one, motions in from_pixels(data.folds) for turn in pixels.turns_of(one, motions)]
    virtual = []
    markers = {one.name: one for one in data.sets(MARKERS)}
    for one in data.sets(OFFLINE):
        if one.exercise in LIFTERS:
            virtual += list(virtual_turns(one, markers[one.name]))
    print(knee_and_depth_rows("", some(rendered, source=OFFLINE), some(virtual, exercise="squat")))
    for exercise in ("lunge", "side-lunge"):
        print(knee_and_depth_rows(exercise, some(virtual, exercise=exercise)))
    errors = measure_errors(_lifters_sets(data, MARKERS), _lifters_sets(data, OFFLINE))
    print(offset_rows([one for one in errors if one.key not in (KNEE, DEPTH)], VIEWS))


def print_packed(data: Data) -> None:
    """Make the file of rendered sets anew from videos."""
    if data.clips is None:
        print("left out, there is no --clips")
        return
    write_sets(RENDERED, [pack(clip, *detected(clip.video)[:2]) for clip in find_clips(str(data.clips))])
    print(RENDERED)


PARTS: dict[str, Callable[[Data], None]] = {
    "count": print_count,
    "auto": print_auto,
    "ghosts": print_ghosts,
    "technique": print_technique,
    "scales": print_scales,
    "pixels": print_pixels,
    "offsets": print_offsets,
    "pack": print_packed,
}
ANYWHERE = "pixels", "pack"  # need no motion capture


def main(parts: Sequence[str] = (), folds: str = "", cache: str = "", clips: str = "") -> None:
    logging.getLogger("realtime").setLevel(logging.ERROR)
    data = Data(
        Path(folds) if folds else None, Path(cache) if cache else CACHE / "form", Path(clips) if clips else None
    )
    for part in parts or PARTS:
        print(f"\n-- {part}")
        if part in ANYWHERE or DATA.is_dir():
            PARTS[part](data)
        else:
            print(f"left out, there is no {DATA}")
