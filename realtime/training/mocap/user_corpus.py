"""User corpora: folders of motion files, each described by a `corpus.toml`.

::

    licence = "CC BY 4.0"        # required: recorded in the model card of networks trained on it
    weight = 0.2                 # relative share of the training samples (default 0.1)
    subject = "folder"           # source of the person's name: the file's "folder", the "top" folder
                                 # (the first below this one), the file's name up to "_" ("prefix"),
                                 # its name ("file"), or "one" for all files
    held_out = ["anna"]          # people used only for evaluation
    format = "bvh"               # if the file extension does not imply it (importers.py)
    up = "y"                     # vertical axis, if it is not the default of the format
    rate_hz = 120.0              # frame rate, if it is not the one in the files
    metres_per_unit = 0.01       # unit of length, BVH only

    [names]                      # joint or marker names that are not known
    left_hip = "Thigh_L"
    left_knee = ["KneeIn_L", "KneeOut_L"]    # midpoint of several markers

Human3.6M's and Fit3D's files say who is recorded: there "folder" is that person, such as S9 or s03.
Subjects are called `<folder>-<subject>`, so that names are unique across corpora.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ...errors import FormatError
from ...formats.rig_motion import Array
from ...formats.safe.damage import parsing
from ...formats.safe.text import read_text_file
from .canonical25 import CANONICAL25
from .corpus import Corpus
from .importers import IMPORTERS, Convention, form_of, read_recordings
from .naming import HEAD

FILE = "corpus.toml"
_WEIGHT = 0.1
_MOST_BYTES = 1 << 20
_MOST = 1e6  # of weight, rate and unit
_KEYS: dict[str, type | tuple[type, ...]] = {
    "licence": str,
    "weight": (int, float),
    "subject": str,
    "held_out": list,
    "format": str,
    "up": str,
    "rate_hz": (int, float),
    "metres_per_unit": (int, float),
    "names": dict,
}
_SUBJECTS: dict[str, Callable[[Path], str]] = {
    "folder": lambda path: path.parent.name or "1",
    "top": lambda path: path.parts[0] if len(path.parts) > 1 else "1",
    "prefix": lambda path: path.name.partition("_")[0],
    "file": lambda path: path.name.partition(".")[0],
    "one": lambda _: "1",
}


def user_corpora(folder: Path, taken: set[str]) -> tuple[Corpus, ...]:
    """The corpora described by a corpus.toml in the folders of `folder`, except folder names in
    `taken`.  Raises FormatError for an invalid description."""
    found = sorted(folder.glob(f"*/{FILE}"))
    return tuple(read_user_corpus(path) for path in found if path.parent.name not in taken)


def read_user_corpus(path: Path) -> Corpus:
    """The corpus described by a corpus.toml (FormatError if it is invalid)."""
    with parsing(path, "is not TOML"):
        about = tomllib.loads(read_text_file(path, _MOST_BYTES))
    _check(about, path)
    folder, form = path.parent.name, about.get("format", "")
    convention = Convention(
        names={joint: _names(path, joint, value) for joint, value in about.get("names", {}).items()},
        up=about.get("up", ""),
        rate_hz=about.get("rate_hz"),
        metres_per_unit=about.get("metres_per_unit"),
    )
    subject = _SUBJECTS[about.get("subject", "folder")]

    def read(root: Path) -> Iterator[tuple[Path, Array, float]]:
        return _read(root, form, convention)

    return Corpus(
        folder=folder,
        licence=about["licence"],
        weight=float(about.get("weight", _WEIGHT)),
        read=read,
        subject=lambda relative: f"{folder}-{subject(relative)}",
        held_out=tuple(f"{folder}-{name}" for name in about.get("held_out", ())),
    )


def _read(folder: Path, form: str, convention: Convention) -> Iterator[tuple[Path, Array, float]]:
    """All recordings in files of one format, or of any format if `form` is empty."""
    importers = [importer for name, importer in IMPORTERS.items() if form in ("", name)]
    for path in sorted(path for importer in importers for path in importer.files(folder)):
        for recording in read_recordings(path, convention, form or form_of(path)):
            yield path / recording.name, recording.points, recording.rate_hz


def _check(about: dict[str, Any], path: Path) -> None:
    for key, value in about.items():
        if key not in _KEYS:
            raise FormatError(f"{path} has an unknown key {key!r:.40}; known are {', '.join(_KEYS)}")
        if not isinstance(value, _KEYS[key]) or isinstance(value, bool):
            raise FormatError(f"{path}: {key} cannot be {value!r:.60}")
    if not about.get("licence"):
        raise FormatError(f"{path}: licence is required; name the licence of the files")
    for key, known in (("subject", _SUBJECTS), ("format", IMPORTERS)):
        if about.get(key, next(iter(known))) not in known:
            raise FormatError(f"{path}: {key} must be one of {', '.join(known)}, not {about[key]!r:.60}")
    for key in ("weight", "rate_hz", "metres_per_unit"):
        if not 0 < about.get(key, 1) < _MOST:
            raise FormatError(f"{path}: {key} must be above 0 and below {_MOST:g}, not {about[key]!r:.40}")


def _names(path: Path, joint: str, value: Any) -> tuple[str, ...]:
    names = (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else ()
    if joint not in (*CANONICAL25.joints, HEAD) or not names or not all(isinstance(name, str) for name in names):
        raise FormatError(
            f"{path}: [names] must map a joint of this project to one or more names, not {joint:.40} = {value!r:.60}"
        )
    return names
