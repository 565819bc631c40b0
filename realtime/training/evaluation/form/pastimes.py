"""What people do that is no exercise: walking, dancing, fighting and standing, in which nothing is to be counted."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from ....analysis.body import Body, body_of
from ....motion import motion
from ...mocap.canonical25 import CANONICAL25
from ...mocap.corpora import RATE_HZ, Motions
from ...mocap.people import HELD_OUT
from .repetitions import Repetitions
from .sets import Performance, sway
from .studio import VIEWS

WALKING, SALSA, MARTIAL_ARTS, STANDING = "walking", "salsa", "martial arts", "standing"
# Who does what.  No network was trained with them, but for the fighter: nobody else fights in the corpora.
_PEOPLE = {
    "cmu-03": WALKING,  # on uneven ground
    "cmu-expmap-walkers": WALKING,
    "cmu-61": SALSA,
    "cmu-135": MARTIAL_ARTS,
}
# From what it is learned what is no repetition: others who walk, run and dance.  (Who plays basketball bends the knees
# as in a squat: that is none to be told apart.)
_LEARNED_FROM = {"cmu-02": ("",), "cmu-60": ("",), "cmu-94": ("",), "cmu-expmap": ("walking", "running")}
_PELVIS = CANONICAL25.index("pelvis")
_SHORTEST_S = 2.0
_STANDS_S = 6.0


def pastimes(motions: Motions, repetitions: Repetitions) -> list[tuple[Performance, str]]:
    """All of them, each with the view from which it is seen: all views come in turn."""
    found = [*_captured(motions), *_standing(repetitions)]
    return [(one, VIEWS[row % len(VIEWS)]) for row, one in enumerate(found)]


def others(motions: Motions) -> list[Body]:
    """Bodies of other people, by markers, who do no exercise either."""
    pairs = zip(motions.subject.tolist(), motions.clip.tolist(), strict=True)
    some = motions.select(np.array([any(word in clip for word in _LEARNED_FROM.get(who, ())) for who, clip in pairs]))
    found = []
    for start, end in pairwise(some.starts.tolist()):
        points = some.points[start:end:2].astype(np.float64)
        if len(points) >= _SHORTEST_S * RATE_HZ / 2:
            about = points - points[:, _PELVIS, None]
            found.append(body_of(motion(about, RATE_HZ / 2, root_m=points[:, _PELVIS], skeleton=CANONICAL25)))
    return [body for body in found if body is not None]


def _captured(motions: Motions) -> Iterator[Performance]:
    for row, (person, start, end) in enumerate(
        zip(motions.subject.tolist(), motions.starts[:-1], motions.starts[1:], strict=True)
    ):
        if person in _PEOPLE and end - start >= _SHORTEST_S * RATE_HZ:
            kind = _PEOPLE[person]
            yield Performance(
                name=f"{kind.replace(' ', '-')}_{person}_{row}",
                person=person,
                held_out=person in HELD_OUT,
                points=motions.points[start:end].astype(np.float64),
                rate_hz=RATE_HZ,
                kind=kind,
            )


def _standing(repetitions: Repetitions) -> Iterator[Performance]:
    """People who wait in the pose in which each exercise begins, as before and after a set."""
    rng = np.random.default_rng(0)
    firsts = {(one.person, one.exercise): one for one in repetitions.found if one.person in HELD_OUT}
    for number, ((person, _), one) in enumerate(firsts.items()):
        still = np.repeat(one.points[:1], round(_STANDS_S * one.rate_hz), 0)
        yield Performance(
            name=f"{STANDING}_{person}_{number}",
            person=person,
            held_out=True,
            points=still + sway(still, one.rate_hz, rng),
            rate_hz=one.rate_hz,
            kind=STANDING,
        )
