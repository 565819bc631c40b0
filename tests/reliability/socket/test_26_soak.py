"""Hours of use cost no memory, no descriptors, no threads, no latency and no pose.

This is the short form, half a minute with an interruption in it.  Memory and latency take longer to tell: ten
minutes and more by `python -m benchmarks soak`.
"""

import os
import signal
import subprocess
import sys

import pytest
from support.poses import ROOT
from support.publishers import LINUX
from support.viewer_scenes import wait_for

from benchmarks.soak.figures import figures, slope_mb_h
from benchmarks.soak.samples import POSE, POSES, Sample, append, measured_s, poses_in, samples_in

MINUTES = 0.5
MOST_MB = 25  # that the program grows after its first seconds; frames that nobody frees are 5 MB a second


def soak(*words):
    command = [sys.executable, "-m", "benchmarks", "soak", *map(str, words)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": ""})


@LINUX
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_soak_that_is_interrupted_goes_on_and_loses_nothing(figure, tmp_path):
    folder = tmp_path / "soak"
    with soak("--minutes", MINUTES, "--out", folder) as begun:
        wait_for_samples(folder, 8)
        begun.send_signal(signal.SIGINT)
        said, _ = begun.communicate()
        assert "--resume" in said
    assert 0 < measured_s(folder) < 60 * MINUTES
    with soak("--resume", folder) as resumed:
        said, _ = resumed.communicate()
    told = {one.name: one for one in figures(folder, 60 * MINUTES)}
    samples = [one for one in samples_in(folder) if one.process == "program" and one.turn == 2]
    grown_mb = samples[-1].rss_mb - samples[len(samples) // 4].rss_mb
    lost = told["poses lost, by gaps in seq"]
    counts = " and ".join(f"{told[f'program: {what}'].value} {what}" for what in ("descriptors", "threads"))
    figure(
        f"{MINUTES:g} minutes in two parts: {told['poses received'].value}, {lost.value} lost; "
        f"the program's memory {grown_mb:+.1f} MB; {counts}"
    )
    assert told["minutes"].kept, said
    for name, one in told.items():
        if not name.endswith("memory"):
            assert one.kept, said
    assert grown_mb < MOST_MB
    assert {one.turn for one in samples_in(folder)} == {1, 2}


def wait_for_samples(folder, count):
    for _ in range(3):  # the keypoints of the clip are found first
        try:
            wait_for(lambda: len(list(samples_in(folder))) >= count)
        except AssertionError:
            continue
        return
    raise AssertionError("the soak does not begin")


def test_the_slope_is_that_of_each_start():
    """2 MB an hour twice, from another level each time."""
    hours = [0, 0.5, 1.0, 1.5]
    samples = [one_sample(turn, hour, 100 * turn + 2 * hour) for turn in (1, 2) for hour in hours]
    slope, error = slope_mb_h(samples)
    assert slope == pytest.approx(2)
    assert error == pytest.approx(0, abs=1e-9)


def one_sample(turn, hour, rss_mb):
    return Sample(turn, hour * 3600, "program", rss_mb, 0.0, 9, 8, 1.0, 0)


def test_what_a_power_cut_has_torn_is_left_out(tmp_path):
    append(tmp_path, [one_sample(1, 0, 100.0), one_sample(1, 1, 101.0)])
    with (tmp_path / "samples.csv").open("a") as file:
        file.write("1,7200.0,prog")
    (tmp_path / POSES).write_bytes(bytes(2 * POSE.itemsize + 5))
    assert [one.rss_mb for one in samples_in(tmp_path)] == [100.0, 101.0]
    assert measured_s(tmp_path) == 3600
    assert len(poses_in(tmp_path)) == 2
