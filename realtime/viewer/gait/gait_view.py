"""Gait messages as what there is to draw.  Pure: the caller passes the time."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from ...wire.analyses.gait import GaitEvent, GaitMessage

SPAN_S = 3.0  # that is shown
_STALE_S = 2.5  # messages come once a second
_SIDES = "left", "right"
_WORDS = {
    "walk": "walking",
    "run": "running",
    "run without flight": "running without flight",
    "standing": "standing",
    "none": "no gait",
}

Span = tuple[float, float]


@dataclass(frozen=True)
class Footfalls:
    """When feet were on the ground: `spans` by side, in seconds before now (-3..0), known up to `known_s`; and
    whether each foot is there as far as that is known."""

    spans: dict[str, tuple[Span, ...]]
    known_s: float
    contact: dict[str, bool | None]


@dataclass
class _Foot:
    """The contacts of a foot, seconds on the publisher's clock; the newest may still last (`since_s`)."""

    past: deque[Span] = field(default_factory=lambda: deque(maxlen=20))
    since_s: float | None = None

    def add(self, event: GaitEvent) -> None:
        t_s = event.t_ns / 1e9
        if event.kind == "contact":
            self.since_s = t_s
        elif self.since_s is not None:
            self.past.append((self.since_s, t_s))
            self.since_s = None


class GaitView:
    """The newest gait message, and the events of the last seconds."""

    def __init__(self) -> None:
        self._feet = {side: _Foot() for side in _SIDES}
        self._message: GaitMessage | None = None
        self._delay_s = 0.0

    def receive(self, message: GaitMessage | None, events: Iterable[GaitEvent]) -> None:
        """Take in the newest message, None before the first, and all events since the call before."""
        for event in events:
            self._feet[event.side].add(event)
            self._delay_s += 0.2 * (min(event.delay_ms / 1e3, 1.0) - self._delay_s)
        self._message = message
        if message is None:
            return
        for side in _SIDES:
            if getattr(message.contact, side) is None:  # nobody was seen: what was on the ground is not known
                self._feet[side].since_s = None

    def words(self, t_s: float) -> str:
        """Kind and cadence at a time on the publisher's clock; '' where no message has come lately."""
        message = self._current(t_s)
        if message is None or message.person is None:
            return ""
        kind = _WORDS.get(message.kind, message.kind)
        if message.steps_per_min is None or message.strides_per_min is None:
            return f"{kind}: {message.why}" if message.why not in ("", kind) else kind
        return f"{kind}   {message.steps_per_min:.0f} steps/min (both feet)   {message.strides_per_min:.1f} strides/min"

    def footfalls(self, t_s: float) -> Footfalls | None:
        """What to draw at a time on the publisher's clock; None where no message has come lately."""
        message = self._current(t_s)
        if message is None:
            return None
        known_s = -min(self._delay_s, SPAN_S)
        spans = {side: tuple(_clipped(foot, t_s, known_s)) for side, foot in self._feet.items()}
        return Footfalls(spans, known_s, {side: getattr(message.contact, side) for side in _SIDES})

    def _current(self, t_s: float) -> GaitMessage | None:
        message = self._message
        return message if message is not None and t_s - message.t_capture_ns / 1e9 < _STALE_S else None


def _clipped(foot: _Foot, t_s: float, known_s: float) -> Iterable[Span]:
    """The contacts of the last seconds, before `t_s`; one that lasts goes on as far as is known."""
    lasting = [] if foot.since_s is None else [(foot.since_s, max(t_s + known_s, foot.since_s))]
    for start_s, end_s in (*foot.past, *lasting):
        start, end = max(start_s - t_s, -SPAN_S), min(end_s - t_s, 0.0)
        if end > start:
            yield start, end
