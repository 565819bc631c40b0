"""Everybody in view: how many are found, how soon, who is invented, and what a further person costs.

Rendered clips with exact truth (benchmarks/wide_clips/PROVENANCE.md).  A person counts as found in a
frame if somebody's limbs lie within a fifth of the body's height of the true ones, on average.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from realtime.detectors import open_detector
from realtime.formats.safe.npz import read_npz
from realtime.skeleton import BLAZEPOSE33, H36M17, LIMB_JOINTS
from realtime.sources.clip import Clip
from realtime.sources.video import VideoFile
from realtime.stages import all_frames

FOLDER = Path(__file__).parent / "wide_clips"
PEOPLE = 4
_NEAR = 0.2  # of the body's height
_SEEN = 0.7  # of the body; people behind others count from there on

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Tally:
    """Of one clip: frames of people who are in view and not hidden, how many of these were found,
    people found twice or where nobody is, the longest time until somebody who has come into view was
    found, and milliseconds of a frame by the number of people in it."""

    name: str
    in_view: int
    found: int
    wrong: int
    slowest_s: float
    ms: dict[int, float]

    def __str__(self) -> str:
        share = f"{self.found / self.in_view:7.1%}" if self.in_view else "      –"
        times = ", ".join(f"{count}: {ms:.1f}" for count, ms in sorted(self.ms.items()))
        slowest = f"{self.slowest_s:.2f} s" if self.in_view else "–"
        return f"{self.name:<18} {share} of {self.in_view:<4} wrong {self.wrong:<3} found after {slowest:<7} ms {times}"


def limbs_found(name: str, people: int) -> Iterator[tuple[list[Array], float]]:
    """The limbs (12, 2) px of everybody found in each frame, and its milliseconds."""
    limbs = BLAZEPOSE33.indices(LIMB_JOINTS)
    with (
        closing(open_detector("blazepose", people=people)) as detect,
        closing(Clip(VideoFile(FOLDER / f"{name}.mp4"))) as source,
    ):
        for frame in all_frames(source):
            start = time.perf_counter()
            found = detect(frame)
            took_ms = 1000 * (time.perf_counter() - start)
            yield [person.keypoints.xy[limbs] for person in found], took_ms


def tally(name: str, people: int = PEOPLE) -> Tally:
    """Compare what is found in a clip with its truth."""
    truth = read_npz(FOLDER / f"{name}.npz", ("joints_2d", "in_view", "visible", "height_px", "fps"))
    true_limbs = truth["joints_2d"][:, :, H36M17.indices(LIMB_JOINTS)]
    wanted = truth["in_view"].astype(bool) & (truth["visible"] >= _SEEN)
    hits = np.zeros(wanted.shape, bool)
    wrong, times = 0, []
    for t, (found, ms) in enumerate(limbs_found(name, people)):
        times.append((len(found), ms))
        taken: set[int] = set()
        for limbs in found:
            distances = np.linalg.norm(true_limbs[t] - limbs, axis=-1).mean(-1) / truth["height_px"][t]
            nearest = int(np.argmin(distances)) if len(distances) else -1
            if nearest < 0 or not distances[nearest] <= _NEAR or nearest in taken:
                wrong += 1
                continue
            taken.add(nearest)
            hits[t, nearest] = True
    slowest = max((_wait(wanted[:, p], hits[:, p]) for p in range(wanted.shape[1])), default=0)
    ms_by_count = {n: float(np.median([ms for k, ms in times if k == n])) for n in {k for k, _ in times}}
    found_count = int((hits & wanted).sum())
    return Tally(name, int(wanted.sum()), found_count, wrong, slowest / float(truth["fps"]), ms_by_count)


def _wait(wanted: NDArray[np.bool_], hits: NDArray[np.bool_]) -> int:
    """Frames until somebody who has come into view is found; all of them if never."""
    seen = np.flatnonzero(wanted)
    found = np.flatnonzero(hits)
    if not len(seen):
        return 0
    return max(0, int(found[0] - seen[0])) if len(found) else len(seen)


def cost_ms(people: int) -> float:
    """Median milliseconds of a frame in which so many people are followed, and nobody is looked for."""
    return float(np.median([ms for found, ms in limbs_found("three_together", people) if len(found) == people]))


def main() -> None:
    for path in sorted(FOLDER.glob("*.mp4")):
        print(tally(path.stem))
    first, second, third = (cost_ms(people) for people in (1, 2, 3))
    further = (third - first) / 2
    print(f"1 person {first:.1f} ms, 2 {second:.1f}, 3 {third:.1f}: a further one {further / first:.2f} x the first")
