"""The outputs of `lift`, by name: their files, what they need, and who writes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ..formats.angles_csv import write_angles_csv
from ..formats.keypoints_npz import write_keypoints
from ..formats.videopose3d_npz import write_video, write_video_set
from ..formats.writers import WRITERS, Writer
from ..runtime import optional
from ..runtime.hints import pip
from ..runtime.new_files import refuse_existing
from ..skeleton import COCO17
from ..track import single_person_track
from .frame_log import FrameLog

Write = Callable[[Path, FrameLog, str], None]  # to a stem, what was logged of the recording of this name


@dataclass(frozen=True)
class Output:
    """One output: the names of its files ({} is the stem's), a description for users, and the
    function that writes them after the last frame; None for a film, which is written meanwhile.
    `needs` and `most_frames` as for `Writer`; `images`: the log must keep the pictures."""

    names: tuple[str, ...]
    about: str
    write: Write | None
    needs: Callable[[], object] | None = None
    most_frames: int | None = None
    images: bool = False

    def files(self, stem: Path) -> list[Path]:
        """The files that are written for `stem`; not all of them always."""
        return [stem.with_name(name.format(stem.name)) for name in self.names]


def _motion_output(writer: Writer) -> Output:
    names = tuple(f"{{}}{ending}" for ending in writer.endings)
    return Output(names, writer.about, partial(_write_motion, writer), writer.needs, writer.most_frames)


def _write_motion(writer: Writer, stem: Path, log: FrameLog, source: str) -> None:
    writer(stem, log.motion(source))


def _load_matplotlib() -> None:
    """Raise MissingLibrary unless films and pictures can be drawn."""
    optional.load("matplotlib.figure", "a film or picture", pip("matplotlib"))


def _write_picture(stem: Path, log: FrameLog, _source: str) -> None:
    from ..render.panel_film import panel_picture  # Matplotlib, which --help needs not wait for

    best = log.best_estimate()
    assert best.frame is not None  # it keeps the picture
    path, frame = stem.with_name(f"{stem.name}.png"), best.frame
    panel_picture(path, frame.image, best.keypoints, best.pose, size_wh=frame.size_wh)


def _write_angles(stem: Path, log: FrameLog, source: str) -> None:
    """The plot of a single frame would be empty: there is none."""
    from ..render.angle_plot import draw_angles

    table, plot = OUTPUTS["angles"].files(stem)
    refuse_existing([table, plot])
    motion = log.motion(source)
    write_angles_csv(table, motion)
    if len(motion) > 1:
        draw_angles(plot, motion)


def _write_keypoints(stem: Path, log: FrameLog, source: str) -> None:
    """Our own file, VideoPose3D's of one video, and its custom set, which holds no video without a person."""
    own, theirs, custom = OUTPUTS["2d"].files(stem)
    refuse_existing([own, theirs, custom])
    track = single_person_track(log.points(), log.size_wh, COCO17, log.rate_hz, log.times_s())
    write_keypoints(own, track)
    write_video(theirs, track)
    if log.people:
        write_video_set(custom, {source: track})


OUTPUTS = {
    **{name: _motion_output(writer) for name, writer in WRITERS.items()},
    "mp4": Output(("{}.mp4",), "a film of the input beside its reconstruction", None, _load_matplotlib, images=True),
    "gif": Output(("{}.gif",), "the same, its first 30 s", None, _load_matplotlib, images=True),
    "png": Output(
        ("{}.png",), "a picture of the best frame near the middle", _write_picture, _load_matplotlib, images=True
    ),
    "angles": Output(
        ("{}_angles.csv", "{}_angles.png"),
        "joint angles as a table, and as a plot of more than one frame",
        _write_angles,
        _load_matplotlib,
    ),
    "2d": Output(
        ("{}_2d.npz", "{}_detectron2.npz", "data_2d_custom_{}.npz"),
        "the 2D keypoints, also as VideoPose3D's files",
        _write_keypoints,
    ),
}
