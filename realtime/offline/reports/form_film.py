"""The film of a set: the recording with counter, phase, angles and tempo, or where it has no pictures, the joints."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ...films.film import FilmInFile, open_film
from ...pose import Image, Pose2D
from ...render.form_frame import FormFrame, FormFrames
from ...render.overlay import Overlay
from ...skeleton import coco_points
from ...viewer.keypoint_limbs import SHOWN_SCORE
from ...viewer.theme import THEMES
from ..output_faults import fault_line
from .form_clock import FormClock

MOST_FPS = 30.0  # more show nothing more, and take longer to write
_SLACK_S = 1e-3  # rounding of times
_THEME = "dark"

Places = Mapping[str, tuple[float, float]]


class FormFilm:
    """An mp4 at `path`, complete under that name after `close`.  What goes wrong is told in `fault`, and nothing else
    is stopped by it."""

    def __init__(self, path: Path, fps: float, clock: FormClock, *, force: bool) -> None:
        self.fault = ""
        self._path, self._fps, self._clock, self._force = path, min(fps, MOST_FPS), clock, force
        self._film: FilmInFile | None = None
        self._frames: FormFrames | None = None
        self._overlay: Overlay | None = None
        self._due_s: float | None = None
        self._start_s = 0.0

    @property
    def part(self) -> str:
        """Where the angles are that are shown."""
        return self._clock.part

    def is_due(self, t_s: float) -> bool:
        """Whether the film shows the frame of this time: some are left out of a fast recording."""
        return not self.fault and (self._due_s is None or t_s >= self._due_s - _SLACK_S)

    def write(self, image: Image, keypoints: Pose2D | None, t_s: float) -> None:
        """Add a picture (H, W, 3) BGR that is due, with its keypoints."""
        self.write_drawn(image, {} if keypoints is None else _places(keypoints, self._clock.part), t_s, keypoints)

    def write_drawn(self, image: Image, places: Places, t_s: float, keypoints: Pose2D | None = None) -> None:
        """The same where the joints with angles are at these places, in shares of the picture, by side."""
        try:
            self._write(image, keypoints, places, t_s)
        except Exception as fault:  # noqa: BLE001 - the page is worth more
            self._give_up(fault)

    def close(self) -> None:
        """Complete the film."""
        if self._film is None or self.fault:
            return
        try:
            self._film.close()
        except Exception as fault:  # noqa: BLE001 - the same
            self._give_up(fault)

    def discard(self) -> None:
        """Remove what there is of a film that will not be complete; one that was to be replaced is kept."""
        if self._film is not None:
            self._film.discard()

    def _write(self, image: Image, keypoints: Pose2D | None, places: Places, t_s: float) -> None:
        if self._film is None or self._frames is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._film = open_film(self._path, max(1.0, self._fps), force=self._force, staged=True)
            self._frames = FormFrames((image.shape[1], image.shape[0]))
            self._start_s = self._due_s = t_s
        self._due_s = max((self._due_s or t_s) + 1 / MOST_FPS, t_s)
        picture = self._frames.fitted(image)
        if keypoints is not None:
            self._overlay = self._overlay or Overlay(THEMES[_THEME], coco_points(keypoints.skeleton))
            self._overlay.draw(picture, keypoints)
        self._film.write(self._frames.complete(self._told(places, t_s)), t_s - self._start_s)

    def _told(self, places: Places, t_s: float) -> FormFrame:
        clock = self._clock
        return FormFrame(
            clock.count(t_s),
            clock.phase(t_s),
            clock.tempo(t_s),
            clock.recent(t_s),
            {side: (f"{angle:.0f}°", places[side]) for side, angle in clock.angles(t_s).items() if side in places},
            clock.fault(t_s),
        )

    def _give_up(self, fault: Exception) -> None:
        self.fault = fault_line(fault)
        self.discard()


def _places(keypoints: Pose2D, part: str) -> Places:
    """Where both knees or elbows are, in shares of the picture, if they are seen."""
    width, height = keypoints.size_wh
    found = {}
    for side in ("left", "right"):
        joint = keypoints.skeleton.index(f"{side}_{part}")
        x, y = map(float, keypoints.xy[joint])
        if keypoints.score[joint] >= SHOWN_SCORE and 0 <= x <= width and 0 <= y <= height:
            found[side] = (x / width, y / height)
    return found
