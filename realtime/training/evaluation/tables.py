"""Tables of errors as text, CSV and JSON."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...runtime.new_files import new_files
from .bootstrap import Score

ALL = "all"
_COLUMNS = ("poses", "frames", "resampled")


@dataclass(frozen=True)
class Row:
    """The scores by metric of one set of `poses` in one `group`: millimetres over `frames`
    frames, or a comparison of two sets, described in `poses`.  `resampled`: the clips or blocks
    that the intervals are based on, such as "31 clips"."""

    group: str
    poses: str
    frames: int
    scores: Mapping[str, Score]
    resampled: str


@dataclass(frozen=True)
class Table:
    """`rows` of errors, and a `summary` of rows that compare sets of poses.  `heading` is the
    column title of the groups, `baseline` the set of poses that is not from a network."""

    title: str
    heading: str
    rows: list[Row]
    summary: list[Row]
    baseline: str | None = None

    def __iter__(self) -> Iterator[Row]:
        yield from self.rows
        yield from self.summary

    def text(self, intervals: bool = False) -> str:
        """Aligned columns with one decimal; with `intervals`, also intervals and frame counts."""
        metrics = list(self.rows[0].scores)
        heads = [self.heading, "poses", *(["frames"] if intervals else []), *metrics]
        cells = [heads]
        for row in self:
            counts = [str(row.frames)] if intervals else []
            cells.append([row.group, row.poses, *counts, *(_shown(row.scores[m], intervals) for m in metrics)])
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        lines = ([_justified(i, c, widths[i]) for i, c in enumerate(line)] for line in cells)
        return "\n".join("  ".join(line).rstrip() for line in lines)

    def records(self) -> list[dict[str, Any]]:
        """A flat dictionary per row: `<metric>`, `<metric>_low`, `<metric>_high`; None if undefined."""
        return [self._record(row) for row in self]

    def _record(self, row: Row) -> dict[str, Any]:
        record: dict[str, Any] = {self.heading: row.group, **{name: getattr(row, name) for name in _COLUMNS}}
        for metric, score in row.scores.items():
            for end, value in zip(("", "_low", "_high"), score, strict=True):
                record[metric + end] = value if math.isfinite(value) else None
        return record

    def write_json(self, path: Path) -> None:
        """Write a new file with a list of records.  Raises RecordError."""
        with new_files(path) as (part,):
            part.write_text(json.dumps(self.records(), indent=2) + "\n", encoding="utf-8")

    def write_csv(self, path: Path) -> None:
        """Write a new file with a line per record.  Raises RecordError."""
        records = self.records()
        with new_files(path) as (part,), part.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(records[0]))
            writer.writeheader()
            writer.writerows(records)


def _shown(score: Score, interval: bool) -> str:
    if not math.isfinite(score.value):
        return "-"
    value, low, high = (f"{number:z.1f}" for number in score)
    return f"{value} [{low}, {high}]" if interval and math.isfinite(score.low) else value


def _justified(column: int, cell: str, width: int) -> str:
    return cell.ljust(width) if column < 2 else cell.rjust(width)
