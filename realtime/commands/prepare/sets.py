"""What `prepare` can write of recordings of a runner."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from ...formats.qualisys.cameras import PlacedCamera
from ...formats.runningpose.coco_json import write_coco
from ...formats.runningpose.data_3d import write_runner_3d
from ...formats.runningpose.joints_csv import write_runner_csv
from ...formats.videopose3d_npz import write_video_set
from ...formats.writers import WRITERS
from ...motion import Floats, Motion3D
from ...skeleton import RUNNER18
from ...track import KeypointTrack, single_person_track
from .files import Files


@dataclass(frozen=True, eq=False)
class Clip:
    """A recording as one camera sees it: joints of RUNNER18 (T, 18, 3) m in the camera's axes, and (T, 18, 2) px."""

    name: str
    camera: PlacedCamera
    points: Floats
    pixels: Floats
    fps: float

    @classmethod
    def of(cls, name: str, recording: Motion3D, camera: PlacedCamera) -> Clip:
        """The clip of a recording in the camera's room."""
        placed = runner18(recording)
        return cls(f"{name}_{camera.name}", camera, camera.axes(placed), camera.pixels(placed), recording.fps)

    def track(self) -> KeypointTrack:
        """The keypoints with score 1, NaN where a joint is not known or behind the camera."""
        score = np.where(np.isfinite(self.pixels[..., :1]), 1.0, np.nan)
        points = np.concatenate([self.pixels, score], -1).astype(np.float32)
        return single_person_track(points, self.camera.size_wh, RUNNER18, self.fps)


def runner18(recording: Motion3D) -> Floats:
    """The joints of RUNNER18 (T, 18, 3) m where they stood; of RUNNER20 they are the first."""
    return recording.placed[:, : len(RUNNER18)]


@dataclass(frozen=True, eq=False)
class Preparation:
    """Recordings by name, every one as every camera sees it, and the name of the sets."""

    recordings: dict[str, Motion3D]
    clips: tuple[Clip, ...]
    name: str


@dataclass(frozen=True)
class Output:
    """One output: a description for users, its files, and whether it is of clips, as cameras see the recordings, and
    whether these must be in the room."""

    about: str
    files: Callable[[Preparation], Iterator[Files]]
    of_clips: bool = False
    in_room: bool = False


def _csv(done: Preparation) -> Iterator[Files]:
    for name, recording in done.recordings.items():
        yield (f"{name}_3D_keypoints.csv",), write_runner_csv, runner18(recording)


def _data_3d(done: Preparation) -> Iterator[Files]:
    positions = {clip.name: clip.points for clip in done.clips}
    yield (f"data_3d_{done.name}.npz",), write_runner_3d, positions


def _data_2d(done: Preparation) -> Iterator[Files]:
    tracks = {clip.name: clip.track() for clip in done.clips}
    yield (f"data_2d_custom_{done.name}.npz",), write_video_set, tracks


def _coco(done: Preparation) -> Iterator[Files]:
    tracks = {clip.name: clip.track() for clip in done.clips}
    yield (f"{done.name}_coco.json",), write_coco, tracks


def _motions(form: str, done: Preparation) -> Iterator[Files]:
    """The files of a format of `lift`."""
    writer = WRITERS[form]
    for name, recording in done.recordings.items():
        yield tuple(name + ending for ending in writer.endings), writer.write, recording


OUTPUTS = {
    "csv": Output("joints in the room, mm, three rows a frame", _csv, in_room=True),
    "3d": Output("joints as each camera sees them", _data_3d, of_clips=True, in_room=True),
    "2d": Output("the same in pixels, VideoPose3D's custom set", _data_2d, of_clips=True, in_room=True),
    "coco": Output("18 keypoints a frame as COCO annotations", _coco, of_clips=True, in_room=True),
    "angles": Output("RunningPose's angles.json", partial(_motions, "angles-json")),
    "npy": Output("the motion with heels, for view", partial(_motions, "npy")),
    "npz": Output("the same in one file, for gait", partial(_motions, "npz")),
}
