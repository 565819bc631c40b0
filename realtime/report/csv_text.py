"""Tables of a report as csv, for spreadsheets."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable
from typing import Any


def csv_text(header: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    """A table; an empty cell stands for None and NaN."""
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(header)
    for row in rows:
        table.writerow(map(_cell, row))
    return text.getvalue()


def _cell(value: Any) -> str:
    """Six digits; an empty cell for what is not there."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, float):
        return f"{value:.6g}" if abs(value) < 1000 else f"{value:.3f}"
    return str(value)
