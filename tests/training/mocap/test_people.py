"""Who is held out: the same people, and no copy of their recordings, in no corpus for training."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from support.motion_capture import walker
from support.poses import SHARED

from realtime.training.mocap import corpora
from realtime.training.mocap.canonical25 import CANONICAL25
from realtime.training.mocap.corpora import Motions, load, split
from realtime.training.mocap.people import HELD_OUT, expmap_person, qualisys_person

MOCAP = SHARED / "data" / "mocap"
# Recordings of the CMU database, which several corpora have copied; UI-PRMD and the dances are nowhere else, and
# neither is what subject 01 climbs, which takes long to read.
COPIED = (
    "cmu-amc_cyun9601/02",
    "cmu-amc_cyun9601/03",
    "cmu-amc_fairmotion",
    "cmu-deepmimic_arpspoof-jump",
    "cmu-expmap_chaneyddtt",
    "running-qualisys_tifx04",
)
JOINTS = [
    (f"{side}_{a}", f"{side}_{b}", f"{side}_{c}")
    for side in ("left", "right")
    for a, b, c in (("hip", "knee", "ankle"), ("shoulder", "elbow", "wrist"))
]
WINDOW = 60  # frames: one second
# The least correlation of the four curves: 0.995 to 1 for copies, 0.97 to 0.997 for neighbouring trials of one
# walker, and at most 0.963 for what is held out with what is not.
ALIKE = 0.97
STILL_DEG = 20.0  # a curve that moves less than this norm says nothing


def curves(points):
    """Flexion (4, T) of knees and elbows in degrees."""
    at = {name: points[:, i] for i, name in enumerate(CANONICAL25.joints)}
    found = []
    for upper, middle, lower in JOINTS:
        one, other = at[upper] - at[middle], at[lower] - at[middle]
        cosine = (one * other).sum(1) / np.linalg.norm(one, axis=1) / np.linalg.norm(other, axis=1)
        found.append(np.degrees(np.arccos(cosine.clip(-1, 1))))
    return np.array(found)


def windows(curve):
    """Every second of curves (4, T): (n, 4, WINDOW) of mean 0, of norm 1 where they move; and their norms (n, 4)."""
    cut = np.lib.stride_tricks.sliding_window_view(curve, WINDOW, axis=1).transpose(1, 0, 2)
    cut = cut - cut.mean(-1, keepdims=True)
    norm = np.linalg.norm(cut, axis=-1)
    return (cut / np.maximum(norm, STILL_DEG)[..., None]).astype(np.float32), norm


def copies(some: Motions, others: Motions) -> set[tuple[str, str]]:
    """Clips of the one and of the other in which knees and elbows move alike for a second: that in which a clip of
    the one moves most."""
    most = np.stack([ours[norm.min(1).argmax()] for _, (ours, norm) in seconds(some)])
    found = set()
    for other, (theirs, _) in seconds(others):
        alike = np.min([theirs[:, i] @ most[:, i].T for i in range(len(JOINTS))], axis=0).max(0)
        found |= {(clip, other) for (clip, _), value in zip(clips(some), alike, strict=True) if value > ALIKE}
    return found


def seconds(of: Motions):
    return [(clip, windows(curves(points))) for clip, points in clips(of)]


def clips(of: Motions):
    ends = zip(of.starts[:-1], of.starts[1:], strict=True)
    return [
        (f"{corpus[4:8]} {clip}", of.points[a:b])
        for corpus, clip, (a, b) in zip(of.corpus, of.clip, ends, strict=True)
        if b - a >= WINDOW
    ]


def clip_of(points: np.ndarray) -> Motions:
    names = {"corpus": np.array(["cmu-mine"]), "subject": np.array(["anna"]), "clip": np.array(["a"])}
    return Motions(points.astype(np.float32), np.array([0, len(points)]), **names)


def test_a_copy_at_another_rate_and_size_is_found_and_another_recording_is_not():
    def moving(seed):
        rng = np.random.default_rng(seed)
        wander = rng.normal(0, 0.1, (9, len(CANONICAL25), 3))
        return walker(161) + corpora.resample(wander, 3.0, 60.0)

    motion, other = moving(1), moving(2)
    copy = corpora.resample(corpora.resample(1.1 * motion[20:140], 60.0, 30.0), 30.0, 60.0)
    assert copies(clip_of(copy), clip_of(motion)) == {("mine a", "mine a")}
    assert copies(clip_of(other), clip_of(motion)) == set()


def test_trials_are_people():
    assert expmap_person(Path("test/walking_extra/walking_7.txt.gz")) in HELD_OUT
    assert expmap_person(Path("train/walking_extra/walking_18.txt.gz")) in HELD_OUT
    assert expmap_person(Path("train/walking_extra/walking_19.txt.gz")) == "cmu-expmap"
    assert expmap_person(Path("train/walking/walking_1.txt.gz")) == "cmu-02"
    assert expmap_person(Path("train/jumping/jumping_2.txt.gz")) in HELD_OUT
    assert qualisys_person(Path("Tindra3.txt.gz")) in HELD_OUT
    assert qualisys_person(Path("Tindra1.txt.gz")) not in HELD_OUT


@pytest.mark.skipif(not MOCAP.is_dir(), reason="the motion capture is not part of the project")
def test_nothing_that_is_held_out_has_a_copy_in_training(tmp_path):
    for folder in COPIED:
        (tmp_path / folder).parent.mkdir(exist_ok=True)
        shutil.copytree(MOCAP / folder, tmp_path / folder)
    train, heldout = split(load(tmp_path))
    # All that is held out of locomotion is among them: runs, walks, and a trial of the runner with heels.
    assert {"cmu-127", "cmu-09", "cmu-expmap-walkers", "qualisys-1-trial3"} <= set(heldout.subject)
    # Two starts of one woman are alike (0.989) and no copies; whoever scores trial 3 says that it is she.
    assert copies(heldout, train) == {("ing- Tindra3.txt.gz", "ing- Tindra2.txt.gz")}
    pairs = {frozenset(Path(clip).name.partition(".")[0] for clip in pair) for pair in copies(heldout, heldout)}
    assert {frozenset(("jumping_1", "13_11")), frozenset(("jumping_5", "13_39"))} <= pairs  # known ones are found
