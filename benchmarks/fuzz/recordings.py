"""What this program and VideoPose3D write: messages, arrays, archives and pickles."""

from __future__ import annotations

import io
import pickle
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
from support.example_analyses import (
    angles_message,
    form_fault,
    form_measure,
    form_message,
    form_repetition,
    gait_event,
    gait_message,
)
from support.example_estimates import pose_message, status_message
from support.previews import preview_message

from realtime.formats.h36m_npz import read_h36m_2d, read_h36m_3d
from realtime.formats.joints_npy import read_joints, write_joints
from realtime.formats.keypoints_npz import has_rate, read_keypoints, write_keypoints
from realtime.formats.motion_npz import read_motion_npz, write_motion_npz
from realtime.formats.perfectrep.clips import read_clip, write_clip
from realtime.formats.perfectrep.preprocessed import SeenRecording, read_preprocessed, write_preprocessed
from realtime.formats.runningpose.data_3d import read_runner_3d
from realtime.formats.safe.array_pickle import load_arrays
from realtime.formats.videopose3d_npz import read_video_set, video_names, write_video, write_video_set
from realtime.offline.motion_files import motion_file, read_motion
from realtime.pose import AXES
from realtime.recording.earlier_run import archive_previous_run
from realtime.skeleton import COCO17, H36M17
from realtime.track import single_person_track
from realtime.viewer.player import read_recording
from realtime.wire.message import SchemaMessage, decode, encode
from realtime.wire.preview import decode_preview, encode_preview

from .rule import Reader, zipped
from .seeds import FRAMES, a_motion, points, written


def messages() -> Sequence[Reader]:
    told = form_message(form_repetition(1, form_measure()), form_fault())
    skeleton = {name: getattr(H36M17, name) for name in ("joints", "parents", "left", "right")}
    schema = SchemaMessage("5eed", "demo", "causal-27", H36M17.name, **skeleton, unit="m", axes=AXES)
    sent = pose_message(), status_message(), schema, angles_message(), gait_message(gait_event()), told
    return (
        Reader("message", "frame", lambda path: decode(path.read_bytes()), list(map(encode, sent))),
        Reader(
            "preview",
            "frame",
            lambda path: decode_preview(path.read_bytes()).picture(),
            [encode_preview(preview_message())],
        ),
    )


def joints_npy() -> Sequence[Reader]:
    files = written(partial(write_joints, motion=a_motion()), "joints.npy")
    readers = {"read": read_joints, "played": read_recording, "analysed": read_motion}
    found = [
        Reader(f"{what}-{name}", name, lambda path, read=read: read(path.with_name("joints.npy")), [files[name]], files)
        for what, read in readers.items()
        for name in files
    ]
    archived = [
        Reader(f"archived-{name}", name, lambda path: _archived(path.parent, files), [files[name]], files)
        for name in files
    ]
    return [*found, *archived]


def _archived(folder: Path, files: dict[str, bytes]) -> None:
    """Move the files away as those of an earlier run, and put the folder in order again."""
    archive_previous_run(folder)
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    for name, content in files.items():
        (folder / name).write_bytes(content)


def archives() -> Sequence[Reader]:
    keypoints = np.concatenate([200 + 100 * points(17, 2), np.full((FRAMES, 17, 1), 0.5)], -1).astype(np.float32)
    track = single_person_track(keypoints, (640, 480), COCO17, 30.0)
    objects = {
        "h36m_3d": {"positions_3d": {"S1": {"Walk": points(32).astype(np.float32)}}},
        "h36m_2d": {"positions_2d": {"S1": {"Walk": [points(17, 2).astype(np.float32)] * 2}}},
        "runner_3d": {"positions_3d": {"run": points(18).astype(np.float32)}},
    }
    read = {
        "keypoints": (read_keypoints, written(partial(write_keypoints, track=track), "x.npz")["x.npz"]),
        "rate": (has_rate, written(partial(write_keypoints, track=track), "x.npz")["x.npz"]),
        "video": (read_keypoints, written(partial(write_video, track=track), "x.npz")["x.npz"]),
        "set": (read_keypoints, written(partial(write_video_set, tracks={"a.mp4": track}), "x.npz")["x.npz"]),
        "sets": (_all_of_set, written(partial(write_video_set, tracks={"a": track, "b": track}), "x.npz")["x.npz"]),
        "motion": (_any_motion, written(partial(write_motion_npz, motion=a_motion()), "x.npz")["x.npz"]),
        "h36m_3d": (lambda path: list(read_h36m_3d(path)), _npz(objects["h36m_3d"])),
        "h36m_2d": (lambda path: list(read_h36m_2d(path)), _npz(objects["h36m_2d"])),
        "runner_3d": (read_runner_3d, _npz(objects["runner_3d"])),
    }
    whole = [Reader(f"{name}-npz", "x.npz", reader, [content]) for name, (reader, content) in read.items()]
    return [*whole, *(part for name, (reader, content) in read.items() for part in _members(name, reader, content))]


def _members(name: str, read, content: bytes) -> list[Reader]:
    """A reader for each array of an archive."""
    with np.load(io.BytesIO(content)) as archive:
        members = {f"{member}.npy": archive.zip.read(f"{member}.npy") for member in archive.files}
    return [
        Reader(f"{name}-{member}", "x.npz", read, [data], wrapped=zipped(member, members))
        for member, data in members.items()
    ]


def _npz(arrays: dict[str, object]) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **{name: np.array(value, object) for name, value in arrays.items()})
    return buffer.getvalue()


def _all_of_set(path: Path) -> None:
    for video in video_names(path):
        read_video_set(path, video)


def _any_motion(path: Path) -> None:
    read_motion_npz(path)
    if motion_file(path) is not None:
        read_motion(path)


def pickles() -> Sequence[Reader]:
    seen = SeenRecording("s03_squat_1", points(25).astype(np.float32), points(25, 2).astype(np.float32), (0, 2))
    both = {"train": [seen], "test": [seen]}
    clip = points(17).astype(np.float32)
    plain = {"a": [np.arange(6.0).reshape(2, 3), None, "text", 1.5, (True, b"x")], "b": np.array([{}, []], object)}
    return (
        Reader(
            "arrays",
            "x.pkl",
            lambda path: load_arrays(path.read_bytes(), str(path)),
            [pickle.dumps(plain, protocol) for protocol in range(6)],
        ),
        Reader("clip", "x.pkl", read_clip, [written(lambda p: write_clip(p, clip, clip), "x.pkl")["x.pkl"]]),
        Reader(
            "preprocessed",
            "x.pkl",
            read_preprocessed,
            [written(partial(write_preprocessed, recordings=both), "x.pkl")["x.pkl"]],
        ),
    )
