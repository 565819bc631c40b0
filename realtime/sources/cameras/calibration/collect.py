"""Frames → views of the board, with a status line that says what is still missing."""

from __future__ import annotations

from collections.abc import Callable

from ....errors import CalibrationError
from ....runtime.stop import Stop
from ....stages import EndOfSource, Source
from .finding import BoardFinder
from .views import TAKEN, WANTED_VIEWS, ViewSelection, missing

NO_BOARD, NO_FRAME = "no board in view", "waiting for the camera"

_WAIT_S = 0.2
_NAMED = 3  # things that are missing


def collect_views(
    source: Source, find: BoardFinder, selection: ViewSelection, stop: Stop, show: Callable[[str], None]
) -> None:
    """Offer the frames to the selection until it is done, the source ends or `stop` is set.

    Raises CalibrationError if the size of the pictures changes, and the errors of the source."""
    while not (stop.is_set() or selection.is_done()):
        try:
            frame = source.read(_WAIT_S)
        except EndOfSource:
            return
        if frame is None:
            show(status(selection, NO_FRAME))
            continue
        if frame.scaled:
            raise CalibrationError(f"the pictures of {source.name} change their size: calibrate one size at a time")
        view = find(frame)
        show(status(selection, NO_BOARD if view is None else selection.offer(view)))


def status(selection: ViewSelection, outcome: str) -> str:
    """How many views are taken, what they lack, and what became of the newest frame."""
    lacking = missing(selection.taken)
    more = f" and {len(lacking) - _NAMED} more" if len(lacking) > _NAMED else ""
    lack = f", missing: {', '.join(lacking[:_NAMED])}{more}" if lacking else ""
    hint = "" if outcome == TAKEN else f" | {outcome}"
    return f"view {len(selection.taken)} of {WANTED_VIEWS}{lack}{hint}"
