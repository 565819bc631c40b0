"""Form messages as what there is to read.  Pure: the caller passes the time."""

from __future__ import annotations

from dataclasses import dataclass

from ...runtime.text import counted
from ...wire.analyses.form import FormMessage, FormRepetition

NOTHING = "–"  # no count
_STALE_S = 2.5  # messages come once a second
_NO_EXERCISE = "none"
_SQUAT = "squat"  # that which the rule of depth is for
_MOST = 999  # that are shown
_LONGEST = 20  # letters of an exercise
_DEEP_CM = -3.0  # of the hip's centre over the knee's: about where the crease of the hip is below the top of the knee


@dataclass(frozen=True)
class Board:
    """`count` in large; the `exercise` and its `phase`; `lines` about the set and its newest repetition, in small; the
    newest `fault` as a sentence, '' for none."""

    count: str
    exercise: str
    phase: str
    lines: tuple[str, ...]
    fault: str


class FormView:
    """The newest form message."""

    def __init__(self) -> None:
        self._message: FormMessage | None = None

    def receive(self, message: FormMessage | None) -> None:
        """Take in the newest message, None before the first."""
        self._message = message

    def board(self, t_s: float) -> Board | None:
        """What to show at a time on the publisher's clock; None where no message has come lately."""
        message = self._message
        if message is None or t_s - message.t_capture_ns / 1e9 >= _STALE_S:
            return None
        one = message.repetition
        name = message.exercise if one is None else one.exercise
        return Board(
            count=_digits(message.count) if message.count or name != _NO_EXERCISE else NOTHING,
            exercise="" if name == _NO_EXERCISE else name.replace("-", " ")[:_LONGEST],
            phase=message.phase,
            lines=(*_why(message), *_of_set(message), *([] if one is None else _of_repetition(one))),
            fault=_first_sentence(message.faults[-1].sentence) if message.faults else "",
        )


def _digits(count: int) -> str:
    return str(count) if count <= _MOST else f"{_MOST}+"


def _first_sentence(text: str) -> str:
    """What is wrong; what is usual follows, and is not read from afar."""
    first, stop, _ = text.partition(". ")
    return first + stop.rstrip()


def _why(message: FormMessage) -> list[str]:
    """Why nothing is counted of somebody who is there, or may be missed; of nobody the headline says so."""
    return [message.why] if message.why and message.person is not None else []


def _of_set(message: FormMessage) -> list[str]:
    return [counted(message.partials, "partial")] if message.partials else []


def _of_repetition(one: FormRepetition) -> list[str]:
    lines = [*_depth(one), _knees(one), _tempo(one), _loss(one)]
    return [line for line in lines if line]


def _depth(one: FormRepetition) -> list[str]:
    depth = one.measure("depth")
    if depth is None or depth.value is None:
        return []
    within = "" if depth.error is None else f" ± {depth.error:.0f}"
    side = "below" if depth.value < 0 else "above"
    place = f"{abs(depth.value):.0f}{within} {depth.unit} {side} knees"
    if abs(depth.value) < 0.5:
        place = f"as high as knees{within}{f' {depth.unit}' * bool(within)}"
    return [place, _verdict(depth.value, depth.error)] if one.exercise == _SQUAT else [place]


def _verdict(depth_cm: float, error_cm: float | None) -> str:
    """Whether that is deep, where it can be said."""
    if error_cm is None:
        return ""
    if depth_cm + error_cm < _DEEP_CM:
        return "deep enough"
    return "not deep enough" if depth_cm - error_cm > _DEEP_CM else "too close to call"


def _knees(one: FormRepetition) -> str:
    sides = _values(one, ("knee_flexion", "left"), ("knee_flexion", "right"))
    bent = [f"{value:.0f}°" for value in sides or _values(one, ("knee_flexion", ""))]
    return f"knee{'s' * (len(bent) > 1)} bent {', '.join(bent)}" if bent else ""


def _tempo(one: FormRepetition) -> str:
    times = _values(one, ("down_time", ""), ("pause_time", ""), ("up_time", ""))
    return f"tempo {'-'.join(f'{time:.1f}' for time in times)} s" if len(times) == 3 else ""


def _loss(one: FormRepetition) -> str:
    loss = _values(one, ("velocity_loss", ""))
    return f"velocity loss {loss[0]:.0f} %" if loss and one.in_set > 1 else ""


def _values(one: FormRepetition, *names: tuple[str, str]) -> list[float]:
    """The values of these measures, by key and side, without those that were not measured."""
    measures = [one.measure(*name) for name in names]
    return [measure.value for measure in measures if measure is not None and measure.value is not None]
