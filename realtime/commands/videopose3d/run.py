"""An old command line from keypoints to files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ...errors import FormatError
from ...estimation.build import intrinsics
from ...formats.videopose3d_npz import read_video_set
from ...pose import Array, Pose2D
from ...runtime import optional
from ...runtime.console import start_logging
from ...runtime.new_files import new_files, refuse_existing
from ...skeleton import COCO17
from ...track import checked_track
from ...window import PoseWindow
from .network import open_network
from .request import RenderRequest


def run(request: RenderRequest) -> None:
    """Lift, export and draw what is request.  Raises the project's errors; files that are
    there are not touched."""
    line = start_logging(request.settings.verbose)
    for note in request.notes:
        line.print_line(note)
    refuse_existing(path for path in (request.export, request.film) if path is not None)
    poses = read_poses(request)
    network = open_network(request)
    optional.load("torch", "an old command line", "pip install torch")
    from ...lifting.sequence import SequenceLifter

    lift = SequenceLifter(network, intrinsics(request.settings), flip=request.flip)
    joints = lift(_window(poses))
    line.print_line(f"{request.keypoints}: {len(poses)} frames lifted by {lift.name}")
    if request.film is not None:  # first: it can fail on the video, and then nothing has been made
        from .film import drawn, write_film

        bodies = drawn(joints, lift.skeleton, request.settings.camera_pitch)
        shown = write_film(
            request.film, request, poses, bodies, lambda index: line.show(f"drawing {index + 1} of {len(poses)}")
        )
        line.finish()
        line.print_line(f"{request.film}: {shown} frames")
    if request.export is not None:
        export(request.export, joints)
        line.print_line(f"{request.export}: {joints.shape} m, camera axes")


def read_poses(request: RenderRequest) -> list[Pose2D]:
    """The keypoints of every frame.  Raises FormatError where there are none, or others."""
    path = request.keypoints
    found = read_video_set(path, request.subject, request.action, request.camera)
    track = checked_track(found, path)
    if track.skeleton is not COCO17:
        raise FormatError(f"{path} holds {track.skeleton.name}; wanted {COCO17.name}, as Detectron2 finds them")
    points = track.best()
    if missing := int((~np.isfinite(points).all((1, 2))).sum()):
        raise FormatError(f"{path} lacks keypoints in {missing} of {len(points)} frames; VideoPose3D fills such gaps")
    return [
        Pose2D(frame[:, :2], frame[:, 2], track.size_wh, COCO17, index, t_capture_ns=0, t_unix_ns=0)
        for index, frame in enumerate(points)
    ]


def export(path: Path, joints: Array) -> None:
    """Write the joints (T, J, 3) as the old program does: as the network says them."""
    with new_files(path) as (part,), part.open("wb") as file:
        np.save(file, joints.astype(np.float32, copy=False))


def _window(poses: Sequence[Pose2D]) -> PoseWindow:
    """One that holds them all."""
    window = PoseWindow(len(poses), len(COCO17))
    for pose in poses:
        window.push(pose)
    return window
