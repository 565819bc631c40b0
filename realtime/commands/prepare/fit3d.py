"""Fit3D as it is published: seen by its cameras, and cut into clips to train on.

What PerfectRep did with compress_fit3d.py, process_fit3d.py and process_fit3d_action.py; docs/form-data.md names the
old commands beside the new.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import UsageError
from ...formats.fit3d.folder import missing_people
from ...formats.fit3d.joints import RATE_HZ
from ...formats.perfectrep.clips import SET, clip_name, write_about, write_clip
from ...formats.perfectrep.preprocessed import NAME, SPLITS, Recordings, SeenRecording, write_preprocessed
from ...runtime.arguments import name_list
from ...runtime.flags import Flag
from ...runtime.text import counted
from ...training.clips.clips import Clips, ClipSets, cut_sets
from ...training.clips.recordings import HELD_OUT, read_seen_recordings
from ..shared_flags import HOLD_OUT
from .folders import refuse_outputs, replaced_together

ABOUT = "Fit3D's folder, or PerfectRep's fit3d_preprocessed_data.pkl: docs/form-data.md"
_MOTION, _ACTION = Path("motion3d"), Path("action")
FLAGS = (
    HOLD_OUT.here(shown=",".join(HELD_OUT)),
    Flag(
        "--actions",
        name_list(),
        "A,B",
        "also write clips of these exercises for a classifier: squat,deadlift,pushup are PerfectRep's",
    ),
)


def run(args: argparse.Namespace) -> int:
    """Read the recordings, project them, cut them, and write all of it; 0.  Raises PoseError."""
    out, exercises = Path(args.out), args.actions or ()
    written = [_MOTION / NAME, _MOTION / SET, *([_ACTION / SET] if exercises else [])]
    refuse_outputs(out, written, force=args.force)
    recordings = read_seen_recordings(_only(args.files), args.hold_out or ())
    _check_exercises(exercises, recordings)
    for person in missing_people(args.files[0]):
        print(f"{person} is named in fit3d_info.json, but is not there: left out")
    sets = cut_sets(recordings)
    with replaced_together(out, written, force=args.force) as staging:
        write_preprocessed(staging / _MOTION / NAME, recordings)
        _write_sets(staging / _MOTION / SET, sets)
        _write_exercises(staging / _ACTION / SET, exercises, sets)
    for split in SPLITS:
        print(f"{split}: {_summary(recordings[split], getattr(sets, split))}")
    for path in written:
        print(f"wrote {out / path}")
    return 0


def _only(files: Sequence[Path]) -> Path:
    if len(files) > 1:
        raise UsageError(f"prepare fit3d takes one folder, not {len(files)}")
    return files[0]


def _check_exercises(exercises: Sequence[str], recordings: Recordings) -> None:
    known = sorted({recording.action for seen in recordings.values() for recording in seen})
    if unknown := next((name for name in exercises if name not in known), ""):
        raise UsageError(f"--actions {unknown}: the exercises are {', '.join(known)}")


def _summary(recordings: Sequence[SeenRecording], clips: Clips) -> str:
    people = ", ".join(sorted({recording.person for recording in recordings}))
    counts = counted(len(recordings), "recording"), counted(len(clips.inputs), "frame"), counted(len(clips), "clip")
    return f"{people}: {', '.join(counts)} of {clips.rows.shape[1]} frames"


def _write_sets(folder: Path, sets: ClipSets) -> None:
    for split in SPLITS:
        clips: Clips = getattr(sets, split)
        _write_clips(folder / split, (clips.batch(number) for number in range(len(clips))))
    about = {
        "scale": asdict(sets.scale),
        "rate_hz": RATE_HZ,
        "inputs": "projected joints, not the keypoints of a detector",
        **{split: list(getattr(sets, split).sources) for split in SPLITS},
    }
    write_about(folder, about)


def _write_clips(folder: Path, clips: Iterator[tuple[Any, Any]]) -> None:
    folder.mkdir(parents=True)
    for number, (inputs, label) in enumerate(clips):
        write_clip(folder / clip_name(number), inputs, label)


def _write_exercises(folder: Path, exercises: Sequence[str], sets: ClipSets) -> None:
    """Clips of exercises, whose label is 1 for the exercise in every frame."""
    for split in SPLITS if exercises else ():
        clips = getattr(sets, split)
        actions = [SeenRecording.action_of(name) for name in clips.sources]
        for number, exercise in enumerate(exercises):
            inputs, _ = clips.batch(np.array([action == exercise for action in actions]))
            label = np.zeros((clips.rows.shape[1], len(exercises)), np.int64)
            label[:, number] = 1
            _write_clips(folder / split / exercise, ((each, label) for each in inputs))
