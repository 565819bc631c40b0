"""The films of a recording that is being lifted: a fault of a film stops only that film."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ..pose import Estimate
from .output_faults import OutputFaults, discard
from .outputs import OUTPUTS

if TYPE_CHECKING:
    from ..render.panel_film import PanelFilm

FILMS = tuple(name for name, output in OUTPUTS.items() if output.write is None)


class Films:
    """Films `<stem>.mp4`, `<stem>.gif`, opened at the first frame; `rate_hz` gives the recording's.
    Their faults go into `faults`, what else is to be said of them into `notes`."""

    def __init__(self, stem: Path, names: Iterable[str], rate_hz: Callable[[], float], faults: OutputFaults) -> None:
        self._names = {OUTPUTS[name].files(stem)[0]: name for name in names if name in FILMS}
        self._rate_hz, self._faults = rate_hz, faults
        self._film: PanelFilm | None = None
        self.notes: list[str] = []

    def write(self, estimate: Estimate, t_s: float) -> None:
        """Add the frame of an estimate."""
        frame = estimate.frame
        if not self._names or frame is None:
            return
        try:
            if self._film is None:
                from ..render.panel_film import PanelFilm  # Matplotlib, which --help needs not wait for

                self._film = PanelFilm(
                    list(self._names), frame.size_wh, self._rate_hz(), on_fault=self._fail, note=self.notes.append
                )
            self._film.write(frame.image, estimate.keypoints, estimate.pose, t_s)
        except Exception as fault:  # noqa: BLE001 - of the drawing: no film goes on, the joints do
            with suppress(Exception):
                self.close()
            for path in list(self._names):
                self._fail(path, fault)

    def close(self) -> None:
        """Complete the files; may be called twice."""
        if self._film is not None:
            self._film.close()

    def _fail(self, path: Path, fault: Exception) -> None:
        if path in self._names:
            self._faults.add(self._names.pop(path), fault)
            discard(path)
