"""Every folder of motion capture → clips in one form, split by person.

The data is not part of the project; `load(folder)` reads what is there, the corpora that are
named here and a user's own (`user_corpus.py`), and keeps the result in a cache of plain
arrays.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...errors import FormatError
from ...formats.rig_motion import Array
from .canonical25 import CANONICAL25, SAMPLED
from .corpus import Corpus
from .joint_centres import qualisys_folder, uiprmd_folder
from .rigs import acclaim_folder, bvh_folder, deepmimic_folder, expmap_folder
from .user_corpus import user_corpora

RATE_HZ = 60.0
_SHORTEST_FRAMES = 15
# No joint moves faster: 0.35 m in a sixtieth of a second is a break in the recording.
_LONGEST_STEP_M = 0.35
_CACHE_FORMAT = 3
_STORED = ("points", "starts", "corpus", "subject", "clip")

CMU_LICENCE = "CMU terms (free for all uses; may be included in products, not resold as data)"
CMU_ACKNOWLEDGEMENT = (
    "The data used in this project was obtained from mocap.cs.cmu.edu. "
    "The database was created with funding from NSF EIA-0196217."
)


def _one(subject: str) -> Callable[[Path], str]:
    return lambda _: subject


def _uiprmd_subject(path: Path) -> str:
    return f"uiprmd-{path.parent.stem}"


def _cmu_file(path: Path) -> str:
    return f"cmu-{path.name.partition('_')[0]}"


def _cmu_folder(path: Path) -> str:
    return f"cmu-{path.parent.name}"


# Salsa's two halves are two partners; the subjects of the others are inferred by genre.
def _bvh_subject(path: Path) -> str:
    if path.parent.name != "salsa":
        return {"martial": "cmu-135", "indian": "cmu-94"}.get(path.parent.name, "cmu-unknown")
    return "cmu-60" if int(path.name.partition(".")[0]) <= 15 else "cmu-61"


CORPORA = (
    Corpus("ui-prmd", "ODC PDDL 1.0 (public domain)", 0.25, uiprmd_folder, _uiprmd_subject),
    Corpus("cmu-amc_cyun9601", CMU_LICENCE, 0.19, acclaim_folder, _cmu_file),
    Corpus("cmu-amc_fairmotion", f"BSD-3-Clause; {CMU_LICENCE}", 0.01, acclaim_folder, _cmu_file),
    Corpus("cmu-bvh_papagina", f"MIT; {CMU_LICENCE}", 0.25, bvh_folder, _bvh_subject),
    Corpus("cmu-expmap_chaneyddtt", f"MIT; {CMU_LICENCE}", 0.15, expmap_folder, _one("cmu-expmap")),
    Corpus("cmu-deepmimic_arpspoof-jump", f"MIT; {CMU_LICENCE}", 0.13, deepmimic_folder, _cmu_folder),
    Corpus("running-qualisys_tifx04", "Apache-2.0", 0.02, qualisys_folder, _one("qualisys-1")),
)

# Kept out of training, with everything of the same person in any folder.
HELD_OUT = ("uiprmd-s05", "uiprmd-s09", "cmu-03", "cmu-61", "cmu-13", "cmu-139")


@dataclass(frozen=True, eq=False)
class Motions:
    """Clips laid end to end: `points` (N, 25, 3) float32 m, z up, 60 Hz; clip c is rows
    `starts[c]` to `starts[c + 1]`; `corpus`, `subject` and `clip` (C,) name it.  `corpora`
    are all those that `corpus` may name."""

    points: NDArray[np.float32]
    starts: NDArray[np.int64]
    corpus: NDArray[np.str_]
    subject: NDArray[np.str_]
    clip: NDArray[np.str_]
    corpora: tuple[Corpus, ...] = CORPORA

    @property
    def minutes(self) -> float:
        """Length of all clips."""
        return len(self.points) / RATE_HZ / 60

    def select(self, chosen: NDArray[np.bool_]) -> Motions:
        """Only the clips that a mask (C,) names."""
        pieces = [self.points[self.starts[c] : self.starts[c + 1]] for c in np.flatnonzero(chosen)]
        return _lay_out(pieces, self.corpora, self.corpus[chosen], self.subject[chosen], self.clip[chosen])


def load(folder: Path, cache: Path | None = None) -> Motions:
    """All corpora found in `folder`, from the `cache` folder if it was read before.
    Raises FormatError if there is none, or one is broken."""
    known = tuple(corpus for corpus in CORPORA if (folder / corpus.folder).is_dir())
    users = user_corpora(folder, {corpus.folder for corpus in CORPORA})
    present = known + users
    if not present:
        names = ", ".join(corpus.folder for corpus in CORPORA)
        raise FormatError(f"no motion capture in {folder}: it should hold one of {names}, or one with a corpus.toml")
    stored = None
    if cache is not None:
        named = [f"{c.folder} {folder_hash(folder / c.folder)}" for c in users]
        hashes = [folder_hash(folder / c.folder) for c in known] + named
        key = hashlib.sha256(str([_CACHE_FORMAT, CANONICAL25.joints, hashes]).encode())
        stored = cache / f"mocap-{key.hexdigest()[:12]}.npz"
        if stored.is_file():
            return _read_cache(stored, present)
    motions = _parse(folder, present)
    if stored is not None:
        stored.parent.mkdir(parents=True, exist_ok=True)
        np.savez(stored, **{name: getattr(motions, name) for name in _STORED})
    return motions


def split(motions: Motions) -> tuple[Motions, Motions]:
    """Training and held-out clips: no person is in both.  FormatError if nobody is held out."""
    users = [subject for corpus in motions.corpora for subject in corpus.held_out]
    held_out = np.isin(motions.subject, [*HELD_OUT, *users])
    if not held_out.any():
        raise FormatError("nobody is kept out of training to be tested on: name people in a corpus.toml's held_out")
    return motions.select(~held_out), motions.select(held_out)


def folder_hash(folder: Path) -> str:
    """sha256 over the names and contents of a folder's files."""
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        digest.update(str(path.relative_to(folder)).encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def resample(points: Array, rate_hz: float, wanted_hz: float = RATE_HZ) -> Array:
    """Linear interpolation in time of points (T, J, 3)."""
    end = (len(points) - 1) / rate_hz
    at = np.arange(0, end + 1e-9, 1 / wanted_hz) * rate_hz
    low = np.minimum(at.astype(int), max(len(points) - 2, 0))
    part = (at - low)[:, None, None]
    high = np.minimum(low + 1, len(points) - 1)
    blended: Array = (1 - part) * points[low] + part * points[high]
    return blended


def unbroken(points: Array) -> list[Array]:
    """The stretches of a clip (T, J, 3) that are known, without jumps and not too short.  A toe
    swings further than its ankle: feet do not tell jumps."""
    known = np.isfinite(points).all((1, 2))
    step = np.abs(np.diff(np.where(known[:, None, None], points[:, :SAMPLED], 0), axis=0)).max((1, 2))
    cuts = np.flatnonzero((step > _LONGEST_STEP_M) | (known[1:] != known[:-1])) + 1
    pieces = np.split(points, cuts)
    return [p for p in pieces if len(p) >= _SHORTEST_FRAMES and np.isfinite(p).all()]


def _parse(folder: Path, corpora: tuple[Corpus, ...]) -> Motions:
    pieces, names = [], []
    for corpus in corpora:
        for path, points, rate_hz in corpus.read(folder / corpus.folder):
            inside = path.relative_to(folder / corpus.folder)
            for piece in unbroken(resample(points, rate_hz)):
                pieces.append(piece.astype(np.float32))
                names.append((corpus.folder, corpus.subject(inside), str(inside)))
    if not pieces:
        raise FormatError(f"no usable motion in {folder}")
    folders, subjects, clips = map(np.array, zip(*names, strict=True))
    return _lay_out(pieces, corpora, folders, subjects, clips)


def _lay_out(
    pieces: list[NDArray[np.float32]],
    corpora: tuple[Corpus, ...],
    corpus: NDArray[np.str_],
    subject: NDArray[np.str_],
    clip: NDArray[np.str_],
) -> Motions:
    points = np.concatenate(pieces) if pieces else np.empty((0, len(CANONICAL25), 3), np.float32)
    return Motions(points, np.cumsum([0, *map(len, pieces)]), corpus, subject, clip, corpora)


def _read_cache(path: Path, corpora: tuple[Corpus, ...]) -> Motions:
    try:
        with np.load(path, allow_pickle=False) as stored:
            return Motions(**{name: stored[name] for name in _STORED}, corpora=corpora)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise FormatError(f"the cache {path} is broken ({error}); remove it") from error
