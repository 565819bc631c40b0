"""Runs a VideoPose3D command line: reads the keypoints, lifts them, writes the files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ...errors import FormatError
from ...estimation.build import intrinsics
from ...formats.videopose3d_npz import read_video_set
from ...kinematics.camera_tilt import pitch_of_joints
from ...pose import Array, Pose2D
from ...runtime import optional
from ...runtime.console import start_logging
from ...runtime.hints import pip
from ...runtime.new_files import check_outputs, new_files
from ...runtime.text import counted
from ...skeleton import COCO17
from ...track import checked_track
from ...window import PoseWindow
from .network import open_network
from .request import RenderRequest


def run(request: RenderRequest) -> None:
    """Lift, draw and export as requested.  Raises PoseError; existing files are never overwritten."""
    line = start_logging(request.settings.verbose)
    for note in request.notes:
        line.print_line(note)
    check_outputs([path for path in (request.export, request.film) if path is not None])
    poses = read_poses(request)
    network = open_network(request)
    optional.load("torch", "a VideoPose3D command line", pip("torch"))
    from ...lifting.sequence import SequenceLifter

    lift = SequenceLifter(network, intrinsics(request.settings), flip=request.flip)
    joints = lift(_window(poses))
    line.print_line(f"{request.keypoints}: {counted(len(poses), 'frame')} lifted by {lift.name}")
    if request.film is not None:  # first: if the video cannot be read, nothing has been written
        from .film import poses_to_draw, write_film

        pitch_deg = request.settings.pitch_deg
        if pitch_deg is None:
            pitch_deg = pitch_of_joints(joints, lift.skeleton) or 0.0
        bodies = poses_to_draw(joints, lift.skeleton, pitch_deg)
        shown = write_film(
            request.film, request, poses, bodies, lambda index: line.show(f"drawing {index + 1} of {len(poses)}")
        )
        line.finish()
        line.print_line(f"{request.film}: {counted(shown, 'frame')}")
    if request.export is not None:
        export(request.export, joints)
        line.print_line(f"{request.export}: {joints.shape} m, camera axes")


def read_poses(request: RenderRequest) -> list[Pose2D]:
    """The keypoints of every frame.  Raises FormatError if they are missing or of another skeleton."""
    path = request.keypoints
    found = read_video_set(path, request.subject, request.action, request.camera)
    track = checked_track(found, path)
    if track.skeleton is not COCO17:
        raise FormatError(
            f"{path} contains {track.skeleton.name} keypoints; needed are {COCO17.name}, as from Detectron2"
        )
    points = track.best()
    if missing := int((~np.isfinite(points).all((1, 2))).sum()):
        raise FormatError(
            f"{path} lacks keypoints in {missing} of {counted(len(points), 'frame')}; interpolate them first"
        )
    return [
        Pose2D(frame[:, :2], frame[:, 2], track.size_wh, COCO17, index, t_capture_ns=0, t_unix_ns=0)
        for index, frame in enumerate(points)
    ]


def export(path: Path, joints: Array) -> None:
    """Write the joints (T, J, 3) as VideoPose3D does: the unchanged output of the network."""
    with new_files(path) as (part,), part.open("wb") as file:
        np.save(file, joints.astype(np.float32, copy=False))


def _window(poses: Sequence[Pose2D]) -> PoseWindow:
    """A window that contains all poses."""
    window = PoseWindow(len(poses), len(COCO17))
    for pose in poses:
        window.push(pose)
    return window
