"""The same recording gives the same bytes, however often it is lifted or replayed."""

from __future__ import annotations

import subprocess
import sys

from support.keypoint_files import keypoint_file, walk
from support.poses import ROOT

from realtime.commands.lift import main as lift

DEMO = ROOT / "realtime" / "assets" / "demo.mp4"


def files(folder, names):
    return {name: (folder / name).read_bytes() for name in names}


def test_lifted_twice(tmp_path):
    points = keypoint_file(tmp_path / "walk.npz", walk(60))
    for turn in ("one", "two"):
        assert lift([points, "--out", str(tmp_path / turn), "--write", "npy,npz,json,csv,trc,mot,bvh,2d"]) == 0
    one, two = ({path.name: path.read_bytes() for path in (tmp_path / turn).iterdir()} for turn in ("one", "two"))
    assert one.keys() == two.keys()
    differ = {name for name in one if one[name] != two[name]}
    assert differ <= {"walk.json", "walk.lift.json"}  # when they were made


def test_a_film_lifted_twice(tmp_path):
    """With the detector and the network that ship."""
    for turn in ("one", "two"):
        words = [str(DEMO), "--max-frames", "20", "--out", str(tmp_path / turn), "--write", "npy,csv,json"]
        assert lift(words) == 0
    names = ["demo.npy", "demo_time.npy", "demo.csv", "demo.motion.json"]
    assert files(tmp_path / "one", names) == files(tmp_path / "two", names)


def test_replayed_twice_by_the_program(tmp_path):
    points = keypoint_file(tmp_path / "walk.npz", walk(60))
    for turn in ("one", "two"):
        words = ["--source", points, "--every-frame", "--sinks", "record", "--out", str(tmp_path / turn)]
        subprocess.run([sys.executable, "run.py", *words], cwd=ROOT, check=True, capture_output=True, timeout=100)
    assert files(tmp_path / "one", ["joints.npy"]) == files(tmp_path / "two", ["joints.npy"])
