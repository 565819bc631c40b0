"""Which method finds the contacts and toe-offs of a gait."""

from __future__ import annotations

import numpy as np

from ..options import AUTO
from ..progress import Swing
from ..result import CONTACT, RUN, RUN_WITHOUT_FLIGHT, SIDES, TOE_OFF, WALK
from .methods import METHODS, Method
from .signals import Signals

# The first one whose parts are there and which finds most events of both feet is taken, else the first one.
_KNEE_OR_FOOT = "knee-straightest", "foot-rises", "ankle-rises"
DEFAULTS = {
    (WALK, CONTACT): ("zeni-heel", "zeni-ankle"),
    (WALK, TOE_OFF): ("zeni-toe", "zeni-ankle-back"),
    (RUN, CONTACT): ("zeni-heel", "zeni-ankle"),
    (RUN, TOE_OFF): _KNEE_OR_FOOT,
    (RUN_WITHOUT_FLIGHT, CONTACT): ("zeni-heel", "zeni-ankle"),
    (RUN_WITHOUT_FLIGHT, TOE_OFF): _KNEE_OR_FOOT,
}
_MOST = 0.8  # of the events of a foot


def chosen(kind: str, event: str, wanted: str, signals: Signals, swings: list[Swing]) -> str:
    """The name of the method for an event: the wanted one, or by kind and by what the body shows.  Raises ValueError
    where the wanted one is for the other event, or the body does not have what it needs."""
    body = signals.body
    if wanted == AUTO:
        names = [name for name in DEFAULTS[kind, event] if body.has(*METHODS[name].parts)]
        return next((name for name in names if _finds_most(METHODS[name], signals, swings)), names[0])
    if wanted not in METHODS or METHODS[wanted].event != event:
        fitting = ", ".join(name for name, method in METHODS.items() if method.event == event)
        raise ValueError(f"{wanted!r} does not find a {event}; {fitting} do")
    method = METHODS[wanted]
    if not body.has(*method.parts):
        raise ValueError(f"{wanted} needs the {' and the '.join(method.parts)} of both feet, which are not there")
    if method.in_room and body.travel is None:
        raise ValueError(f"{wanted} needs the place in the room, which is not known")
    return wanted


def _finds_most(method: Method, signals: Signals, swings: list[Swing]) -> bool:
    """Whether a method finds most of its events of each foot, those at the ends of segments left out."""
    for side in SIDES:
        own = [
            swing for swing in swings if swing.side == side and swing.back is not None and swing.next_back is not None
        ]
        found = [bool(np.isfinite(method.find(signals, swing))) for swing in own]
        if sum(found) < _MOST * len(own):
            return False
    return True
