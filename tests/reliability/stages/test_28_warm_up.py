"""The poses before the window is full are flagged `warming_up`, at the start and after everything that begins anew."""

from __future__ import annotations

import pytest
from support.estimators import FIELD
from support.watched_runs import Camera, Standing, run_here

from realtime.pose import OK, WARMING_UP

CUT = 40  # the frame from which somebody stands elsewhere, or that the lifter fails on


class Another(Standing):
    """Somebody else comes with the cut."""

    def __call__(self, frame):
        (one,) = super().__call__(frame)
        if frame.index >= CUT:
            object.__setattr__(one.keypoints, "person", 1)
        return [one]


class Away(Standing):
    """For longer than a gap that is bridged."""

    def __call__(self, frame):
        return [] if CUT - 27 < frame.index < CUT else super().__call__(frame)


class Looking(Camera):
    """At what a film shows: its stamps follow it."""

    def read(self, timeout_s):
        frame = super().read(timeout_s)
        for name in ("t_capture_ns", "t_unix_ns"):
            object.__setattr__(frame, name, 10**18 + int(frame.index / 30 * 1e9))
        return frame


@pytest.mark.parametrize("detector", [Another, Away], ids=["another person", "after a gap"])
def test_every_beginning_is_flagged(detector, monkeypatch, tmp_path, figure):
    heard = run_here(monkeypatch, tmp_path, Looking(CUT + 30, live=False), detector=detector())
    by_frame = {pose["frame"]: pose for pose in heard.poses}
    assert set(by_frame) == set(range(CUT + 30))
    for first in (0, CUT):
        begun = [by_frame[first + count] for count in range(FIELD + 3)]
        assert [pose["reason"] for pose in begun] == [WARMING_UP] * (FIELD - 1) + [OK] * 4
        assert [pose["window"]["have"] for pose in begun] == [*range(1, FIELD + 1), FIELD, FIELD, FIELD]
        assert all(pose["valid"] and pose["window"]["want"] == FIELD for pose in begun)
    figure(f"of two beginnings: {FIELD - 1} poses each flagged, then ok")
