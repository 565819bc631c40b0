"""The output formats of 3D motion, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from ..errors import UsageError
from ..motion import Motion3D
from .bvh.writer import write_bvh, write_rigid_bvh
from .c3d.motion import MAX_FRAMES, load_ezc3d, write_c3d
from .joints_npy import write_joints
from .mot import write_mot
from .motion_csv import write_motion_csv
from .motion_json import write_motion_json
from .motion_npz import write_motion_npz
from .runningpose.angles_json import write_angles_json
from .trc import write_trc


@dataclass(frozen=True)
class Writer:
    """One format: the suffix of each file, a description for users, and the function that
    writes the first file and its companions.  What is known before there is a motion: `needs`
    raises MissingLibrary where a library is missing, `most_frames` is how many evenly spaced
    frames a file can hold."""

    endings: tuple[str, ...]
    about: str
    write: Callable[[Path, Motion3D], None]
    needs: Callable[[], object] | None = None
    most_frames: int | None = None

    def files(self, stem: Path) -> tuple[Path, ...]:
        """The files that are written for `stem`, a path without extension."""
        return tuple(stem.with_name(stem.name + ending) for ending in self.endings)

    def __call__(self, stem: Path, motion: Motion3D) -> tuple[Path, ...]:
        """Write new files and return their paths.  Raises RecordError, in one line, if one exists
        already, cannot be written, or cannot represent this motion (NotRepresentable)."""
        files = self.files(stem)
        self.write(files[0], motion)
        return files


WRITERS = {
    "npy": Writer((".npy", "_time.npy", ".json"), "arrays as in a live recording", write_joints),
    "npz": Writer((".npz",), "the complete motion as NumPy arrays", write_motion_npz),
    "json": Writer((".motion.json",), "the complete motion for any programming language", write_motion_json),
    "csv": Writer((".csv",), "a table for spreadsheets", write_motion_csv),
    "trc": Writer((".trc",), "markers for OpenSim and Pose2Sim", write_trc),
    "mot": Writer((".mot",), "joint angles for OpenSim", write_mot),
    "angles-json": Writer((".angles.json",), "eight angles, as RunningPose's angles.json", write_angles_json),
    "bvh": Writer((".bvh",), "an animated skeleton, bone lengths vary as measured", write_bvh),
    "bvh-rigid": Writer(("_rigid.bvh",), "an animated skeleton with constant bone lengths", write_rigid_bvh),
    "c3d": Writer(
        (".c3d",), "markers for motion laboratories (requires ezc3d)", write_c3d, load_ezc3d, most_frames=MAX_FRAMES
    ),
}


def writers(names: Iterable[str]) -> list[Writer]:
    """The writers with these names (UsageError for an unknown name)."""
    chosen = list(names)
    if unknown := [name for name in chosen if name not in WRITERS]:
        raise UsageError(f"there is no format {unknown[0]!r}; there are {', '.join(WRITERS)}")
    return [WRITERS[name] for name in chosen]
