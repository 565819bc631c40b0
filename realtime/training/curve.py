"""The learning curve: a csv file that is appended to during training, and a plot of it."""

from __future__ import annotations

import csv
from pathlib import Path

FIELDS = ("step", "minutes", "loss_mm", "heldout_mpjpe_mm", "heldout_pa_mpjpe_mm")


class Curve:
    """Rows of `FIELDS` in a csv file; a resumed run appends to the existing rows."""

    def __init__(self, path: Path, resumed: bool) -> None:
        self._path = path
        if not resumed or not path.exists():
            path.write_text(",".join(FIELDS) + "\n", encoding="utf-8")

    def add(self, *values: float) -> None:
        """Append a row; the values are in the order of `FIELDS`."""
        with self._path.open("a", encoding="utf-8", newline="") as file:
            csv.writer(file).writerow(f"{value:.6g}" for value in values)

    def draw(self) -> None:
        """Plot the curve to a png file with the same name."""
        from matplotlib.figure import Figure

        with self._path.open(encoding="utf-8", newline="") as file:
            rows = [{k: float(v) for k, v in row.items()} for row in csv.DictReader(file)]
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
        figure.savefig(self._path.with_suffix(".png"), dpi=120)
