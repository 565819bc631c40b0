"""The learning curve: a csv file that is appended to during training, and a plot of it."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

from ..runtime.new_files import os_errors_as_record_error, replacing

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FIELDS = ("step", "minutes", "loss_mm", "heldout_mpjpe_mm", "heldout_pa_mpjpe_mm")


class Curve:
    """Rows of `FIELDS` in a csv file, after those that are there; the first one creates the file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def add(self, *values: float) -> None:
        """Append a row; the values are in the order of `FIELDS`.  Raises RecordError."""
        with os_errors_as_record_error(self._path), self._path.open("a", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            if not file.tell():
                writer.writerow(FIELDS)
            writer.writerow(f"{value:.6g}" for value in values)

    def draw(self) -> None:
        """Plot the curve to a png file with the same name, in place of an earlier plot.  Raises
        RecordError, also if the csv file was changed to something else.  Without rows there is no plot."""
        if not self._path.exists():
            return
        plot = self._path.with_suffix(".png")
        with os_errors_as_record_error(plot, also=(ValueError, TypeError, KeyError)), replacing(plot) as (part,):
            self._figure(self._rows()).savefig(part, dpi=120)

    def _rows(self) -> list[dict[str, float]]:
        with self._path.open(encoding="utf-8", newline="") as file:
            return [{field: float(row[field]) for field in FIELDS} for row in csv.DictReader(file)]

    def _figure(self, rows: list[dict[str, float]]) -> Figure:
        from matplotlib.figure import Figure

        figure = Figure(figsize=(7, 4), layout="constrained")
        axes = figure.add_subplot(xlabel="minutes", ylabel="mm", title="Learning curve")
        for field, label in (
            ("loss_mm", "training loss (weighted)"),
            ("heldout_mpjpe_mm", "held-out MPJPE"),
            ("heldout_pa_mpjpe_mm", "held-out PA-MPJPE"),
        ):
            axes.plot([row["minutes"] for row in rows], [row[field] for row in rows], label=label)
        axes.set_ylim(bottom=0)
        axes.grid(alpha=0.3)
        axes.legend(frameon=False)
        return figure
