"""Per-frame results of a recording."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from support.example_estimates import estimate
from support.observed import observed, standing
from support.poses import frame_at

from realtime.estimation.camera_level import CameraLevel
from realtime.offline.frame_log import FrameLog, Rows
from realtime.pose import NO_PERSON
from realtime.skeleton import COCO17, COCO_FEET21, H36M17


@pytest.mark.parametrize("count", [0, 1, 4095, 4096, 4097, 10_000])
def test_rows_come_out_as_they_went_in(count):
    rows = Rows(2, 3)
    expected = np.arange(6 * count, dtype=np.float32).reshape(count, 2, 3)
    for row in expected:
        rows.append(row)
    assert len(rows) == count
    assert rows.array().dtype == np.float32
    assert np.array_equal(rows.array(), expected)


def test_a_motion_of_somebody_who_goes():
    log = FrameLog("net@0", H36M17)
    for index, reason in enumerate(["ok", "bridged", NO_PERSON, "warming_up"]):
        log.add(replace(estimate(index, reason, value=index), frame=frame_at(index)), index / 25)
    moved = log.motion("walk.mp4")
    assert (len(log), log.people, log.size_wh) == (4, 3, (64, 48))
    assert moved.valid.tolist() == [True, True, False, True]
    assert moved.times_s.tolist() == [0, 0.04, 0.08, 0.12]
    assert np.array_equal(moved.joints[[0, 1, 3]], np.broadcast_to(np.float32([[[0]], [[1]], [[3]]]), (3, 17, 3)))
    assert moved.score[:, 0].tolist() == pytest.approx([0.9, 0.9, 0, 0.9])
    assert np.isnan(moved.root_m).any(1).tolist() == [False, False, True, False]
    assert (moved.source, moved.model) == ("walk.mp4", "net@0")
    assert np.isnan(log.points()).all((1, 2)).tolist() == [False, False, True, False]
    assert log.points().shape == (4, 17, 3)


def test_keypoints_are_kept_with_feet_where_that_is_asked_for():
    log, plain = FrameLog("net@0", H36M17, points=COCO_FEET21), FrameLog("net@0", H36M17)
    for index, reason in enumerate(["ok", NO_PERSON, "ok"]):
        for one in (log, plain):
            one.add(replace(estimate(index, reason), frame=frame_at(index)), index / 25)
    kept = log.keypoints_at(2)
    assert kept.skeleton is COCO_FEET21
    assert (kept.xy == 100.25).all()
    assert (kept.size_wh, kept.index) == ((64, 48), 2)
    assert log.keypoints_at(1) is None
    assert np.array_equal(log.points(), plain.points(), equal_nan=True)
    assert plain.keypoints_at(0).skeleton is COCO17
    with pytest.raises(IndexError):
        log.keypoints_at(3)


def test_what_was_seen_comes_with_the_motion():
    log = FrameLog("net@0", H36M17, level=CameraLevel(2.0))
    for index in range(30):
        log.add(
            observed(index, standing(towards_deg=18), top_px=150, people=3 if index % 10 == 0 else None), index / 30
        )
    log.add(observed(30), 1.0)
    notes = log.motion("walk.mp4").notes
    assert notes.reason == ("ok",) * 30 + (NO_PERSON,)
    assert notes.people[:11].tolist() == [3, *[-1] * 9, 3]
    assert notes.height_px[:30].tolist() == pytest.approx([400] * 30)
    assert np.isnan(notes.height_px[30])
    assert notes.at_edge.tolist() == [2] * 30 + [-1]
    findings = log.motion("walk.mp4").findings
    assert [finding.name for finding in findings] == ["several_people", "camera_pitched", "feet_outside"]
    assert findings[1].figures["camera_pitch_deg"] == 20
    assert log.trust_lines == tuple(finding.text for finding in findings)


def test_a_frame_takes_half_a_kilobyte():
    log, found = FrameLog("", H36M17), replace(estimate(), frame=frame_at(0))
    log.add(found, 0.0)
    tracemalloc.start()  # with which everything takes ten times as long
    try:
        for index in range(1, 1 + 4096):  # which begins the second block of the log
            log.add(found, index / 30)
        used, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert used / 4096 == pytest.approx(512, rel=0.05)
