"""The status line: a status as a person reads it, what is wrong first."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..runtime.text import Field, counted
from ..runtime.timing import rate_text
from ..stages import STREAMING
from ..wire.message import StatusMessage


def _latency(status: StatusMessage) -> Field:
    if status.latency_ms is None:
        return Field("")
    median, most = f"{status.latency_ms.p50:.0f}", f"{status.latency_ms.p95:.0f}"
    late = f", {counted(status.delay_frames, 'frame')} late" if status.delay_frames else ""
    return Field(f"p50 {median} p95 {most} ms{late}", f"{median} ms")


def _window(status: StatusMessage) -> str:
    return f"{status.window.have}/{status.window.want}"


# The fields from the left to the right; those of the sinks follow.
_FIELDS: dict[str, Callable[[StatusMessage], Field]] = {
    "rate": lambda status: Field(rate_text(status.fps)),
    "latency": _latency,
    "person": lambda status: Field("person yes", "person") if status.person else Field("person no", "nobody"),
    "dropped": lambda status: Field(f"{status.dropped} dropped"),
    "camera": lambda status: Field(status.camera),
    "window": lambda status: Field(f"window {_window(status)}", _window(status)),
}
# What a narrow terminal leaves out last, before that, and so on; first of all what is not named here.
_KEPT = ("rate", "record", "form", "gait", "latency", "person", "video", "dropped", "window", "camera", "publish")


def line_text(status: StatusMessage) -> str:
    """What is wrong: a fault that a person should mend, and a source that does not deliver; '' if all is well."""
    fault = f"! {status.fault}" if status.fault else ""
    detail = f": {status.detail}" if status.detail else ""
    return "  ".join(filter(None, (fault, f"{status.state}{detail}" if status.state != STREAMING else "")))


def line_fields(status: StatusMessage, sinks: Mapping[str, Field]) -> list[Field]:
    """How it goes: rate, latency from capture to publication, whether a person is seen, frames dropped, how
    full the window is, and what each sink says of itself, by its name."""
    fields = {name: field(status) for name, field in _FIELDS.items()} | dict(sinks)
    return [field._replace(keep=_keep(name)) for name, field in fields.items() if field.long]


def _keep(name: str) -> int:
    return len(_KEPT) - _KEPT.index(name) if name in _KEPT else 0
