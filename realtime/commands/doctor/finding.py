"""The result of one of the doctor's checks."""

from __future__ import annotations

from dataclasses import dataclass

GOOD, NOTE, BAD = "ok", "note", "BAD"


@dataclass(frozen=True)
class Finding:
    """The result of a check: its subject, its state (ok, note, BAD), details and a remedy.

    `broken`: the library whose import fails, or ends Python."""

    subject: str
    state: str
    detail: str
    remedy: str = ""
    broken: str = ""

    def __str__(self) -> str:
        arrow = f"  → {self.remedy}" if self.remedy else ""
        return f"{self.state:>4}  {self.subject:<14} {self.detail}{arrow}"
