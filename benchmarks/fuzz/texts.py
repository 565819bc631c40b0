"""What a user writes: settings, cameras, keys, and descriptions of corpora."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from support.motion_capture import data_folder
from support.motion_files import trc_text

from realtime.formats.camera_file import measured_camera, read_camera, write_camera
from realtime.formats.safe.gz_text import read_text
from realtime.settings import parse_settings
from realtime.training.mocap.joint_centres import uiprmd_folder
from realtime.training.mocap.rigs import deepmimic_folder, read_expmap, read_expmap_skeleton
from realtime.training.mocap.user_corpus import read_user_corpus
from realtime.wire.keys import create_keys, read_secret_key

from .rule import Reader, zipped
from .seeds import written

_DEEPMIMIC = "cmu01-09/02/02_01.txt"
_SETTINGS = b"""window = 81
source = "walk.mp4"
sinks = ["publish", "record"]
camera-pitch = 12.5
smooth = "one-euro"
size = "640x480"
fps = 29.97
every-frame = true
height = 1.8
person = 2
min-free-gb = 0.5
"""
_CORPUS = b"""licence = "CC BY 4.0"
weight = 0.2
subject = "folder"
held_out = ["anna"]
format = "trc"
up = "y"
rate_hz = 120.0
metres_per_unit = 0.01

[names]
left_hip = "Thigh_L"
left_knee = ["KneeIn_L", "KneeOut_L"]
"""


def settings() -> Sequence[Reader]:
    about = {"views": 12, "error_px": 0.3, "made": "2026-11-28"}
    camera = measured_camera((900.0, 905.0), (640.0, 360.0), (1280, 720), (-0.1, 0.01, 0.0, 0.0))
    kept = {
        name: written(partial(write_camera, camera=camera, about=about, replace=False), name)[name]
        for name in ("x.toml", "x.json")
    }
    key = written(create_keys, "x")["x.key_secret"]
    return (
        Reader("settings", "x.toml", lambda path: parse_settings(["--config", str(path)]), [_SETTINGS]),
        *(Reader(f"camera-{name[2:]}", name, read_camera, [content]) for name, content in kept.items()),
        Reader("key", "x.key_secret", _key, [key]),
    )


def _key(path: Path) -> None:
    path.chmod(0o600)
    read_secret_key(path)


def corpus() -> Sequence[Reader]:
    with TemporaryDirectory() as name:
        root = data_folder(Path(name))
        deepmimic = root / "cmu-deepmimic_arpspoof-jump"
        character, motion = ((deepmimic / file).read_bytes() for file in ("humanoid3d.txt", _DEEPMIMIC))
        repetitions = (root / "ui-prmd" / "s05.npz").read_bytes()
    with np.load(io.BytesIO(repetitions)) as archive:
        member = archive.zip.read(f"{archive.files[0]}.npy")
    skeleton = json.dumps({"names": ["a", "b"], "parent": [-1, 0], "offset_mm": [[0, 0, 0], [0, 400, 0]]}).encode()
    turned = b"0,1,0,0,0.1,0,0,0,0.2\n" * 2
    markers = trc_text({"Thigh_L": (0, 1, 0), "KneeIn_L": (0, 0.5, 0), "KneeOut_L": (0.1, 0.5, 0)}).encode()
    return (
        Reader("corpus", "corpus.toml", _corpus, [_CORPUS], {"anna/x.trc": markers}),
        Reader("deepmimic-character", "humanoid3d.txt", _deepmimic, [character], {_DEEPMIMIC: motion}),
        Reader("deepmimic-motion", _DEEPMIMIC, _deepmimic, [motion], {"humanoid3d.txt": character}),
        Reader("expmap-skeleton", "skeleton.json", _expmap, [skeleton], {"x.txt": turned}),
        Reader("expmap-motion", "x.txt", _expmap, [turned], {"skeleton.json": skeleton}),
        Reader("ui-prmd", "s05.npz", _uiprmd, [repetitions]),
        Reader("ui-prmd-array", "s05.npz", _uiprmd, [member], wrapped=zipped("x.npy", {})),
    )


def _deepmimic(path: Path) -> None:
    list(deepmimic_folder(path.parents[0 if path.name == "humanoid3d.txt" else 2]))


def _expmap(path: Path) -> None:
    """Through the reader of a folder but for the names of the bones, which those of a person are."""
    skeleton, posed = path.with_name("skeleton.json"), path.with_name("x.txt")
    read_expmap(read_text(posed), read_expmap_skeleton(skeleton), str(posed))


def _uiprmd(path: Path) -> None:
    list(uiprmd_folder(path.parent))


def _corpus(path: Path) -> None:
    """The description, and the recordings that it is of."""
    found = read_user_corpus(path)
    for relative, _, _ in found.read(path.parent):
        found.subject(relative.relative_to(path.parent))
