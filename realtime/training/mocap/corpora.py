"""All motion-capture corpora in a folder → clips in canonical form, split by person.

The data is not part of the project; `load(folder)` reads the corpora that it finds, the
built-in ones listed here and user corpora (`user_corpus.py`), and caches the result as plain
arrays.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import FormatError
from ...formats.rig_motion import Array
from ...formats.safe.damage import parsing
from ...runtime.hints import page, quoted
from ...runtime.new_files import check_folder, os_errors_as_record_error, replacing
from ...runtime.text import counted, reason
from .canonical25 import CANONICAL25, SAMPLED
from .corpus import Corpus
from .joint_centres import qualisys_folder, uiprmd_folder
from .people import (
    HELD_OUT,
    bvh_person,
    cmu_person_of_file,
    cmu_person_of_folder,
    expmap_person,
    qualisys_person,
    uiprmd_person,
)
from .rigs import acclaim_folder, bvh_folder, deepmimic_folder, expmap_folder
from .user_corpus import FILE, user_corpora

RATE_HZ = 60.0
_SHORTEST_FRAMES = 15
# No joint moves faster: a step of 0.35 m in 1/60 s is a discontinuity in the recording.
_LONGEST_STEP_M = 0.35
_CACHE_FORMAT = 5
_CACHE_ADVICE = "; give another --cache"
_LONGEST_LIST = 200  # characters of people's names in a message
_STORED = ("points", "starts", "corpus", "subject", "clip")

CMU_LICENCE = "CMU terms (free for all uses; may be included in products, not resold as data)"
CMU_ACKNOWLEDGEMENT = (
    "The data used in this project was obtained from mocap.cs.cmu.edu. "
    "The database was created with funding from NSF EIA-0196217."
)

_log = logging.getLogger(__name__)


CORPORA = (
    Corpus("ui-prmd", "ODC PDDL 1.0 (public domain)", 0.25, uiprmd_folder, uiprmd_person),
    Corpus("cmu-amc_cyun9601", CMU_LICENCE, 0.19, acclaim_folder, cmu_person_of_file),
    Corpus("cmu-amc_fairmotion", f"BSD-3-Clause; {CMU_LICENCE}", 0.01, acclaim_folder, cmu_person_of_file),
    Corpus("cmu-bvh_papagina", f"MIT; {CMU_LICENCE}", 0.25, bvh_folder, bvh_person),
    Corpus("cmu-expmap_chaneyddtt", f"MIT; {CMU_LICENCE}", 0.15, expmap_folder, expmap_person),
    Corpus("cmu-deepmimic_arpspoof-jump", f"MIT; {CMU_LICENCE}", 0.13, deepmimic_folder, cmu_person_of_folder),
    Corpus("running-qualisys_tifx04", "Apache-2.0", 0.02, qualisys_folder, qualisys_person),
)


@dataclass(frozen=True, eq=False)
class Motions:
    """Concatenated clips: `points` (N, 25, 3) float32 m, z up, 60 Hz; clip c is rows
    `starts[c]` to `starts[c + 1]`; `corpus`, `subject` and `clip` (C,) are its labels.
    `corpora` are all corpora that occur in `corpus`."""

    points: NDArray[np.float32]
    starts: NDArray[np.int64]
    corpus: NDArray[np.str_]
    subject: NDArray[np.str_]
    clip: NDArray[np.str_]
    corpora: tuple[Corpus, ...] = CORPORA

    @property
    def minutes(self) -> float:
        """Total length of all clips."""
        return len(self.points) / RATE_HZ / 60

    def select(self, chosen: NDArray[np.bool_]) -> Motions:
        """Only the clips in a mask (C,)."""
        pieces = [self.points[self.starts[c] : self.starts[c + 1]] for c in np.flatnonzero(chosen)]
        return _concatenated(pieces, self.corpora, self.corpus[chosen], self.subject[chosen], self.clip[chosen])


def load(folder: Path, cache: Path | None = None) -> Motions:
    """All corpora found in `folder`, read from the `cache` folder if it has them.
    Raises FormatError if there is none, or one is damaged, RecordError if the cache cannot be written."""
    known = tuple(corpus for corpus in CORPORA if (folder / corpus.folder).is_dir())
    users = user_corpora(folder, {corpus.folder for corpus in CORPORA})
    present = known + users
    if not present:
        raise FormatError(_nothing_in(folder))
    cached = None
    if cache is not None:
        user_hashes = [f"{c.folder} {folder_hash(folder / c.folder)}" for c in users]
        hashes = [folder_hash(folder / c.folder) for c in known] + user_hashes
        key = hashlib.sha256(str([_CACHE_FORMAT, CANONICAL25.joints, hashes]).encode())
        cached = cache / f"mocap-{key.hexdigest()[:12]}.npz"
        if cached.is_file():
            return _read_cache(cached, present)
        with os_errors_as_record_error(cached, _CACHE_ADVICE):  # before minutes of parsing
            check_folder(cache)
    motions = _parse(folder, present)
    if cached is not None:
        with os_errors_as_record_error(cached, _CACHE_ADVICE):
            cached.parent.mkdir(parents=True, exist_ok=True)
            with replacing(cached) as (part,):  # another run may be writing it, or reading it
                np.savez(part, **{name: getattr(motions, name) for name in _STORED})
    return motions


def split(motions: Motions, also: Sequence[str] = ()) -> tuple[Motions, Motions]:
    """Training and held-out clips, without a person in common.  The people in `also` are held out beside those who
    always are: for cross-validation.  Corpora of which nobody is held out are logged.  FormatError if nobody is
    held out at all, or somebody who is not there."""
    for corpus in motions.corpora:
        _check_held_out(corpus, _people(motions, motions.corpus == corpus.folder))
    if unknown := sorted(set(also) - set(motions.subject.tolist())):
        there = ", ".join(sorted(set(motions.subject.tolist())))
        raise FormatError(f"--hold-out: nobody is called {unknown[0]!r}; the people are {there[:_LONGEST_LIST]}")
    users = [subject for corpus in motions.corpora for subject in corpus.held_out]
    held_out = np.isin(motions.subject, [*HELD_OUT, *users, *also])
    if not held_out.any():
        people = ", ".join(_people(motions, ~held_out))[:_LONGEST_LIST]
        raise FormatError(
            "no person is held out for evaluation: list people under held_out in a corpus.toml; "
            f"the people here are {people}"
        )
    whole = {
        corpus: len(_people(motions, motions.corpus == corpus))
        for corpus in dict.fromkeys(motions.corpus.tolist())
        if not held_out[motions.corpus == corpus].any()
    }
    if whole:
        counts = ", ".join(f"{corpus} ({counted(count, 'person', 'people')})" for corpus, count in whole.items())
        _log.warning("nobody is held out of %s: for training only", counts)
    return motions.select(~held_out), motions.select(held_out)


def _nothing_in(folder: Path) -> str:
    """Why there is no corpus in a folder, in one line."""
    if not folder.is_dir():
        return f"there is no folder {folder}; --data takes the folder that contains the corpora"
    expected = f"expected {folder / 'NAME' / FILE} (see {page('docs/training.md')})"
    for misplaced in (folder / FILE, *sorted(folder.glob(f"*/*/{FILE}"))):
        if misplaced.is_file():
            where = misplaced.parent.parent if misplaced.parent.name else misplaced.resolve().parent.parent
            return f"no motion capture in {folder}: {expected}, but found {misplaced}: give --data {quoted(str(where))}"
    names = ", ".join(corpus.folder for corpus in CORPORA)
    return f"no motion capture in {folder}: {expected}, or a folder {names}"


def _check_held_out(corpus: Corpus, people: Sequence[str]) -> None:
    if unknown := [subject for subject in corpus.held_out if subject not in people]:
        own = f"{corpus.folder}-"
        there = ", ".join(subject.removeprefix(own) for subject in people)[:_LONGEST_LIST] or "nobody"
        raise FormatError(
            f"{corpus.folder}/corpus.toml: held_out names {unknown[0].removeprefix(own)!r}, but the people are "
            f"{there}; subject says which part of a file's path is the person"
        )


def _people(motions: Motions, clips: NDArray[np.bool_]) -> list[str]:
    """The people in a mask of clips (C,), by name."""
    return sorted(set(motions.subject[clips].tolist()))


def folder_hash(folder: Path) -> str:
    """SHA-256 of the names and contents of the files in a folder."""
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        digest.update(str(path.relative_to(folder)).encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def resample(points: Array, rate_hz: float, target_hz: float = RATE_HZ) -> Array:
    """Resample points (T, J, 3) to another rate by linear interpolation."""
    end = (len(points) - 1) / rate_hz
    at = np.arange(0, end + 1e-9, 1 / target_hz) * rate_hz
    low = np.minimum(at.astype(int), max(len(points) - 2, 0))
    part = (at - low)[:, None, None]
    high = np.minimum(low + 1, len(points) - 1)
    blended: Array = (1 - part) * points[low] + part * points[high]
    return blended


def unbroken(points: Array) -> list[Array]:
    """The segments of a clip (T, J, 3) without NaN and discontinuities that are long enough.
    Heels and toes move faster than ankles and are not checked for discontinuities."""
    known: Any = np.isfinite(points).all((1, 2))
    step = np.abs(np.diff(np.where(known[:, None, None], points[:, :SAMPLED], 0), axis=0)).max((1, 2))
    cuts = np.flatnonzero((step > _LONGEST_STEP_M) | (known[1:] != known[:-1])) + 1
    pieces = np.split(points, cuts)
    return [p for p in pieces if len(p) >= _SHORTEST_FRAMES and np.isfinite(p).all()]


def _parse(folder: Path, corpora: tuple[Corpus, ...]) -> Motions:
    pieces, names = [], []
    for corpus in corpora:
        for path, points, rate_hz in corpus.read(folder / corpus.folder):
            relative = path.relative_to(folder / corpus.folder)
            for piece in unbroken(resample(points, rate_hz)):
                pieces.append(piece.astype(np.float32))
                names.append((corpus.folder, corpus.subject(relative), str(relative)))
    if not pieces:
        raise FormatError(f"no usable motion in {folder}")
    folders, subjects, clips = map(np.array, zip(*names, strict=True))
    return _concatenated(pieces, corpora, folders, subjects, clips)


def _concatenated(
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
        damaged = parsing(f"the cache {path}", "is damaged", advice="; remove it")
        with damaged, path.open("rb") as file, np.load(file) as stored:
            return Motions(**{name: stored[name] for name in _STORED}, corpora=corpora)
    except OSError as error:
        raise FormatError(f"the cache {path} cannot be read ({reason(error)}); remove it") from error
