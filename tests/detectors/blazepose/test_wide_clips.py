"""Several, distant and no people in wide pictures, from pixels, against exact truth."""

from contextlib import closing
from itertools import islice

import numpy as np
import pytest

from benchmarks.people import FOLDER, PEOPLE, tally
from realtime.detectors import open_detector
from realtime.formats.safe.npz import read_npz
from realtime.skeleton import BLAZEPOSE33, H36M17, LIMB_JOINTS
from realtime.sources.clip import Clip
from realtime.sources.video import VideoFile
from realtime.stages import all_frames
from realtime.tracking.tracker import SinglePersonTracker

FAR_ONE = 1  # of two_crossing; the near one hides it in the middle


@pytest.mark.parametrize(
    ("name", "share"), [("distant", 0.9), ("two_distant", 0.85), ("three_together", 0.8), ("two_crossing", 0.9)]
)
def test_everybody_is_found_within_half_a_second_and_nobody_is_invented(name, share):
    result = tally(name)
    assert result.found >= share * result.in_view
    assert result.slowest_s <= 0.5
    assert result.wrong == 0


def test_an_empty_room_stays_empty():
    assert tally("empty_room").wrong == 0


def frames_of(name):
    with closing(Clip(VideoFile(FOLDER / f"{name}.mp4"))) as source:
        yield from all_frames(source)


def test_a_person_who_is_hidden_by_another_one_is_followed_again():
    true = read_npz(FOLDER / "two_crossing.npz", ("joints_2d",))["joints_2d"][:, :, H36M17.indices(LIMB_JOINTS)]
    limbs, track, followed = BLAZEPOSE33.indices(LIMB_JOINTS), SinglePersonTracker("2"), {}
    with (
        closing(open_detector("blazepose", people=PEOPLE)) as detect,
        closing(Clip(VideoFile(FOLDER / "two_crossing.mp4"))) as source,
    ):
        for frame in all_frames(source):
            for pose in track(detect(frame), frame):
                distances = np.linalg.norm(true[frame.index] - pose.xy[limbs], axis=-1).mean(-1)
                followed[frame.index] = int(np.argmin(distances)), pose.person
    assert set(followed.values()) == {(FAR_ONE, 0)}  # one person, one number
    assert max(followed) == len(true) - 1


def test_others_are_noticed_and_the_one_who_is_followed_does_not_change():
    noticed, answers = {}, ([], [])
    with closing(open_detector("blazepose")) as looks, closing(open_detector("blazepose")) as plain:
        for frame in islice(frames_of("two_crossing"), 20):
            for detect, found in zip((looks, plain), answers, strict=True):
                found.append([person.keypoints.xy for person in detect(frame)])
            if frame.index in (8, 10, 12, 14):
                noticed[frame.index] = looks.look_around(frame)
    assert sorted(noticed.values()) == [0, 0, 1, 1]  # each half of the picture shows one of the two
    assert sum(map(len, answers[0])) >= 15
    for ours, theirs in zip(*answers, strict=True):
        assert np.array_equal(ours, theirs)
