"""Clips, as PerfectRep's process_fit3d.py wrote them: `motion3d/Fit3D/{train,test}/00000000.pkl` and so on.

Each is {"data_input": (T, 17, 3), "data_label": (T, 17, 3)}, joints of Human3.6M-17.  The input is x and y of the
picture, scaled to -1..1, and a confidence of 1; the label the joints in the axes of the camera, scaled alike, with
z relative to the pelvis.  Clips of an exercise for a classifier have the label (T, N), 1 for the exercise of N.

What prepare writes has `about.json` beside the folders too: the scale, and the recording of each clip.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import FormatError
from ...skeleton import H36M17
from .pickles import read_pickle, write_pickle

Floats = NDArray[np.float32]
SET = "Fit3D"
_ABOUT = "about.json"
_MOST_BYTES = 16 << 20  # a clip of PerfectRep has 0.2 MB
_MOST_OPCODES = 10_000
_LARGEST = 100.0  # of coordinates that are scaled to -1..1


def clip_name(number: int) -> str:
    """The name of a file."""
    return f"{number:08d}.pkl"


def write_clip(path: Path, inputs: Floats, label: NDArray[Any]) -> None:
    """Write a clip (OSError)."""
    write_pickle(path, {"data_input": inputs, "data_label": label})


def read_clip(path: Path) -> tuple[Floats, Floats]:
    """Input and label (T, 17, 3) of a clip.  Raises FormatError."""
    clip = read_pickle(path, _MOST_BYTES, _MOST_OPCODES)
    if not isinstance(clip, dict):
        raise FormatError(f"{path} is not a clip of PerfectRep")
    inputs, label = (_points(path, clip, key) for key in ("data_input", "data_label"))
    if inputs.shape != label.shape:
        raise FormatError(f"{path}: data_input has the shape {inputs.shape}, but data_label {label.shape}")
    return inputs, label


def _points(path: Path, clip: Mapping[str, Any], key: str) -> Floats:
    points = clip.get(key)
    if not isinstance(points, np.ndarray) or points.dtype.kind != "f":
        raise FormatError(f"{path} has no array {key}: is it a clip of PerfectRep?")
    if points.ndim != 3 or points.shape[1:] != (len(H36M17), 3) or not len(points):
        raise FormatError(f"{path}: {key} has the shape {points.shape}, not (frames, {len(H36M17)}, 3)")
    if not (np.abs(points) < _LARGEST).all():
        raise FormatError(f"{path}: {key} has values that are not finite, or are not scaled to -1..1")
    return points.astype(np.float32, copy=False)


def write_about(folder: Path, about: Mapping[str, Any]) -> None:
    """Write what is known of the clips in a folder (OSError)."""
    (folder / _ABOUT).write_text(json.dumps(about, indent=1) + "\n", "utf-8")
