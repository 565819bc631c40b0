"""2D keypoints of several videos in one set of VideoPose3D, as its prepare_data_2d_custom makes it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from ...errors import FormatError, UsageError
from ...formats.keypoints_npz import read_keypoints
from ...formats.safe.npz import npz_names
from ...formats.videopose3d_npz import read_video_set, video_names, write_video_set
from ...runtime.text import counted
from ...skeleton import COCO17, COCO_FEET21
from ...track import KeypointTrack, checked_track
from .files import write_files

ABOUT = "keypoints of videos: lift's, Detectron2's VIDEO.npz and 2D sets, together as one 2D set"
_OF_LIFT = "_2d", "_detectron2"  # what lift adds to the name of its input


def run(args: argparse.Namespace) -> int:
    """Read the keypoints of each video and write the set; 0.  Raises PoseError."""
    tracks: dict[str, KeypointTrack] = {}
    for name, track in (entry for path in args.files for entry in _read(path)):
        if name in tracks:
            raise UsageError(f"two videos are called {name}: rename one")
        tracks[name] = track
        empty = int(np.isnan(track.best()).all((1, 2)).sum())
        print(
            f"{name}: {counted(len(track), 'frame')}"
            + (f", {empty} interpolated, with nobody in them" if empty else "")
        )
    files = ((f"data_2d_custom_{args.name}.npz",), write_video_set, tracks)
    write_files(Path(args.out), [files], force=args.force)
    return 0


def _read(path: Path) -> Iterator[tuple[str, KeypointTrack]]:
    """The videos of a file by name: those of a set by theirs, another one by the name of the file."""
    if "positions_2d" in npz_names(path):
        found = [(video, checked_track(read_video_set(path, video), path)) for video in video_names(path)]
    else:
        ending = next((ending for ending in _OF_LIFT if path.stem.endswith(ending)), "")
        found = [(path.stem.removesuffix(ending), read_keypoints(path))]
    for name, track in found:
        if track.skeleton not in (COCO17, COCO_FEET21):
            raise FormatError(f"{path} contains {track.skeleton.name} keypoints; a set has {COCO17.name}")
        yield name, replace(track, people=tuple(people[:, : len(COCO17)] for people in track.people), skeleton=COCO17)
