"""While nobody is there status comes every second, every pose says no_person, and none is valid."""

from __future__ import annotations

from itertools import pairwise

import pytest
from support.watched_runs import FPS, Camera, Standing, run_here

from realtime.pose import NO_PERSON
from realtime.tracking.gaps import MAX_GAP_S

THERE = 15  # frames with somebody


class Leaving(Standing):
    def __call__(self, frame):
        return super().__call__(frame) if frame.index < THERE else []


@pytest.mark.parametrize("seconds", [2, pytest.param(30, marks=pytest.mark.slow)])
def test_nobody_is_told_as_nobody(seconds, monkeypatch, tmp_path, figure):
    heard = run_here(monkeypatch, tmp_path, Camera(THERE + round(FPS * (seconds + MAX_GAP_S))), detector=Leaving())
    gone = [pose for pose in heard.poses if pose["frame"] > THERE + FPS * MAX_GAP_S]
    assert {(pose["valid"], pose["reason"], len(pose["joints"])) for pose in gone} == {(False, NO_PERSON, 0)}
    assert len(gone) > 0.9 * seconds * FPS
    status = [one for one in heard.status if one["at_s"] > gone[0]["at_s"]]
    assert {(one["person"], one["valid"], one["reason"]) for one in status} == {(False, False, NO_PERSON)}
    assert {one["fault"] for one in status} == {""}
    longest_s = max(after["at_s"] - before["at_s"] for before, after in pairwise(status))
    assert len(status) >= seconds - 1
    figure(
        f"{seconds} s without a person: {len(status)} status messages, at most {longest_s:.2f} s apart, 0 valid poses"
    )
