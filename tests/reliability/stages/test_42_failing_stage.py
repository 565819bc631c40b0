"""A stage that fails on one frame costs that frame; one that fails on all of them ends the run in one line."""

from __future__ import annotations

import numpy as np
import pytest
from support.estimators import small_lifter
from support.watched_runs import Camera, Standing, run_here

from realtime.errors import StageError
from realtime.formats.joints_npy import read_joints
from realtime.online.angles import LiveAngles
from realtime.online.watch.stage import MOST_IN_A_ROW
from realtime.pose import NOT_FINITE, STAGE_FAILED
from realtime.recording.recorder import Recorder

WRONG = 20  # the frame


class Bad:
    """Calls `work`, and answers with `wrong` in the calls that it is told."""

    def __init__(self, work, wrong, calls):
        self.work, self.wrong, self.calls, self.count = work, wrong, calls, -1

    def __call__(self, *args):
        self.count += 1
        return self.wrong(*args) if self.count in self.calls else self.work(*args)


def raises(*_):
    raise ZeroDivisionError("division by zero")


def nan_joints(*_):
    return np.full((17, 3), np.nan, np.float32)


def few_joints(*_):
    return np.zeros((5, 3), np.float32)


def detected(change):
    """A detector's answer with changed keypoints."""

    def answer(_detector, frame):
        (one,) = Standing()(frame)
        change(one.keypoints)
        return [one]

    return answer


KINDS = {"detector": Standing, "lifter": type(small_lifter()), "sink": LiveAngles}
WRONGS = {
    "detector raises": ("detector", raises, STAGE_FAILED, "ZeroDivisionError: division by zero"),
    "detector answers NaN": (
        "detector",
        detected(lambda pose: pose.score.fill(np.nan)),
        NOT_FINITE,
        "keypoints that are not finite numbers, or far outside",
    ),
    "detector answers None": ("detector", lambda *_: None, STAGE_FAILED, "TypeError: "),
    "detector answers infinity": (
        "detector",
        detected(lambda pose: pose.xy.fill(np.inf)),
        NOT_FINITE,
        "keypoints that are not finite numbers, or far outside",
    ),
    "lifter raises": ("lifter", raises, STAGE_FAILED, "ZeroDivisionError: division by zero"),
    "lifter answers NaN": ("lifter", nan_joints, NOT_FINITE, "joints that are not finite numbers, or far outside"),
    "lifter answers five joints": ("lifter", few_joints, STAGE_FAILED, "Error: "),
    "sink raises": ("sink", raises, "ok", "ZeroDivisionError: division by zero"),
}


def put(stage, wrong, calls, monkeypatch):
    bad = Bad(KINDS[stage].__call__, wrong, calls)
    monkeypatch.setattr(KINDS[stage], "__call__", lambda *args: bad(*args))  # noqa: PLW0108 - becomes a method


def log_lines(capsys):
    """Without the status line, where faults come first as well."""
    return [line for line in capsys.readouterr().err.splitlines() if not line.startswith("! ")]


@pytest.mark.parametrize("name", WRONGS)
def test_one_frame_is_the_price(name, monkeypatch, tmp_path, capsys, figure):
    stage, wrong, reason, words = WRONGS[name]
    put(stage, wrong, {WRONG}, monkeypatch)
    heard = run_here(monkeypatch, tmp_path, Camera(35, live=False), analyze=("angles",))
    by_frame = {pose["frame"]: pose for pose in heard.poses}
    assert by_frame[WRONG]["reason"] == reason
    assert by_frame[WRONG]["valid"] == (stage == "sink")
    assert all(by_frame[frame]["valid"] for frame in by_frame if frame != WRONG)
    assert set(range(WRONG - 5, 35)) <= by_frame.keys()
    (line,) = [line for line in log_lines(capsys) if "has failed once, that costs a frame each: " in line]
    assert words in line
    assert any("has failed once" in status["fault"] and words in status["fault"] for status in heard.status)
    recorded = len(read_joints(tmp_path / "joints.npy").joints)
    assert recorded == 34 + (stage == "sink")
    figure(f"{name} on one frame: {recorded} of 35 poses recorded, one log line")


@pytest.mark.parametrize("stage", KINDS)
def test_a_stage_that_fails_on_every_frame_ends_the_run(stage, monkeypatch, tmp_path, capsys, figure):
    put(stage, raises, range(WRONG, 1000), monkeypatch)
    with pytest.raises(StageError, match=f"failed {MOST_IN_A_ROW} times in a row: ZeroDivisionError.*--verbose") as end:
        run_here(monkeypatch, tmp_path, Camera(200, live=False), analyze=("angles",))
    assert isinstance(end.value.__cause__, ZeroDivisionError)
    lines = [line for line in log_lines(capsys) if "has failed" in line]
    figure(f"{stage}: ends after {MOST_IN_A_ROW} failures in a row, {len(lines)} log lines")
    assert len(lines) <= 4  # one a second
    recorded = len(read_joints(tmp_path / "joints.npy").joints)
    assert recorded == {"sink": WRONG + MOST_IN_A_ROW}.get(stage, WRONG)


def test_a_recorder_that_fails_ends_the_run(monkeypatch, tmp_path):
    """Its thread is gone: what comes would be lost."""
    whole, calls = Recorder.__call__, iter(range(1000))
    monkeypatch.setattr(Recorder, "__call__", lambda *args: raises() if next(calls) >= WRONG else whole(*args))
    with pytest.raises(StageError, match="the recording has failed: ZeroDivisionError: division by zero; --verbose"):
        run_here(monkeypatch, tmp_path, Camera(200))
    assert len(read_joints(tmp_path / "joints.npy").joints) == WRONG


def test_every_second_frame_is_the_price_of_every_second_failure(monkeypatch, tmp_path):
    put("detector", raises, range(1, 80, 2), monkeypatch)
    run_here(monkeypatch, tmp_path, Camera(80, live=False))
    assert len(read_joints(tmp_path / "joints.npy").joints) == 40


def test_a_developer_finds_the_traceback(monkeypatch, tmp_path, capsys):
    put("lifter", raises, {WRONG}, monkeypatch)
    run_here(monkeypatch, tmp_path, Camera(35, live=False), verbose=True)
    log = capsys.readouterr().err
    assert log.count("Traceback (most recent call last)") == 1
    assert "in raises" in log
