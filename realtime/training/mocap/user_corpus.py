"""A folder of one's own motion files, described by a `corpus.toml` in it.

::

    licence = "CC BY 4.0"        # wanted: it stands in the card of a network that learned from it
    weight = 0.2                 # share of the training samples beside the other corpora's (0.1)
    subject = "folder"           # who it is: the file's "folder", its name up to "_" ("prefix"),
                                 # its whole name ("file"), or "one" person in all files
    held_out = ["anna"]          # people who are only tested on
    format = "bvh"               # where the files' endings do not tell (importers.py)
    up = "y"                     # where it is not what the format usually has
    rate_hz = 120.0              # the same
    metres_per_unit = 0.01       # the same, of BVH

    [names]                      # where the program does not know the names in the files
    left_hip = "Thigh_L"
    left_knee = ["KneeIn_L", "KneeOut_L"]    # the middle of several

People are called `<folder>-<subject>`, so that nobody is mistaken for another corpus's.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ...errors import FormatError
from ...formats.rig_motion import Array
from .canonical25 import CANONICAL25
from .corpus import Corpus
from .importers import IMPORTERS, Convention, form_of, read_recordings
from .naming import HEAD

FILE = "corpus.toml"
_WEIGHT = 0.1
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
    "prefix": lambda path: path.name.partition("_")[0],
    "file": lambda path: path.name.partition(".")[0],
    "one": lambda _: "1",
}


def user_corpora(folder: Path, taken: set[str]) -> tuple[Corpus, ...]:
    """The corpora that the folders in `folder` describe, but for those of names `taken`.
    Raises FormatError naming what is wrong with a description."""
    found = sorted(folder.glob(f"*/{FILE}"))
    return tuple(read_user_corpus(path) for path in found if path.parent.name not in taken)


def read_user_corpus(path: Path) -> Corpus:
    """The corpus that a corpus.toml describes (FormatError)."""
    try:
        about = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise FormatError(f"{path} cannot be read: {error}") from error
    _check(about, path)
    folder, form = path.parent.name, about.get("format", "")
    convention = Convention(
        names={joint: _names(path, joint, given) for joint, given in about.get("names", {}).items()},
        up=about.get("up", ""),
        rate_hz=about.get("rate_hz"),
        metres_per_unit=about.get("metres_per_unit"),
    )
    subject = _SUBJECTS[about.get("subject", "folder")]

    def read(place: Path) -> Iterator[tuple[Path, Array, float]]:
        return _read(place, form, convention)

    return Corpus(
        folder=folder,
        licence=about["licence"],
        weight=float(about.get("weight", _WEIGHT)),
        read=read,
        subject=lambda inside: f"{folder}-{subject(inside)}",
        held_out=tuple(f"{folder}-{name}" for name in about.get("held_out", ())),
    )


def _read(folder: Path, form: str, convention: Convention) -> Iterator[tuple[Path, Array, float]]:
    """Every recording of the files that a format reads, or that any reads."""
    endings = tuple(e for name, importer in IMPORTERS.items() if form in ("", name) for e in importer.endings)
    for path in sorted(p for p in folder.rglob("*") if p.name.removesuffix(".gz").lower().endswith(endings)):
        for recording in read_recordings(path, convention, form or form_of(path)):
            yield path / recording.name, recording.points, recording.rate_hz


def _check(about: dict[str, Any], path: Path) -> None:
    for key, value in about.items():
        if key not in _KEYS:
            raise FormatError(f"{path} has an unknown key {key!r}; known are {', '.join(_KEYS)}")
        if not isinstance(value, _KEYS[key]) or isinstance(value, bool):
            raise FormatError(f"{path}: {key} cannot be {value!r:.60}")
    if not about.get("licence"):
        raise FormatError(f"{path} wants a licence: whose terms the files are under")
    for key, known in (("subject", _SUBJECTS), ("format", IMPORTERS)):
        if about.get(key, next(iter(known))) not in known:
            raise FormatError(f"{path}: {key} is one of {', '.join(known)}, not {about[key]!r:.60}")
    for key in ("weight", "rate_hz", "metres_per_unit"):
        if not about.get(key, 1) > 0:
            raise FormatError(f"{path}: {key} must be above 0, not {about[key]}")


def _names(path: Path, joint: str, given: Any) -> tuple[str, ...]:
    names = (given,) if isinstance(given, str) else tuple(given) if isinstance(given, list) else ()
    if joint not in (*CANONICAL25.joints, HEAD) or not names or not all(isinstance(name, str) for name in names):
        raise FormatError(f"{path}: names wants our joints, and each a name or a list, not {joint} = {given!r:.60}")
    return names
