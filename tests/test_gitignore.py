"""What the commands write in a checkout is not offered to git: recordings of people, networks, keys."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from support.keypoint_files import keypoint_file
from support.motion_capture import data_folder
from support.poses import ROOT

from realtime.commands.cli import main

pytestmark = pytest.mark.skipif(
    shutil.which("git") is None or not (ROOT / ".gitignore").is_file(), reason="no git, or no checkout"
)

# Beside an input, under the names in the documentation, and what a killed program leaves.
NAMES = """
me_pose.npy me_pose_time.npy me_pose.json me_pose.png me_pose.lift.json films/walk_pose.mp4 walk.gif clips.png
data/data_2d_custom_me.npz checkpoint/pretrained.bin board/model.onnx output/joints.npy joints.npy output.mp4
walk.part.mp4 films/walk.part.mp4 films/.walk.lifting/walk.npy films/.new-1a2b3c4d.npy out_files/joints.npy
"""

COMMANDS = """
lift points.npz --write npy,2d,mp4
view lifted/points.npy --headless now.png --size 200x200
view lifted/points.npy --film walk.mp4 --size 200x200
keys
export --model {model}/causal-9.safetensors --out causal.onnx
export --model {model}/causal-9.safetensors
train --data data/mocap --window 9 --channels 8 --batch 16 --steps 1 --samples 16 --no-clip --device cpu
"""


@pytest.fixture
def checkout(tmp_path):
    shutil.copy(ROOT / ".gitignore", tmp_path)
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    return tmp_path


def offered(checkout):
    words = ["git", "status", "--porcelain", "--untracked-files=all"]
    done = subprocess.run(words, cwd=checkout, capture_output=True, text=True, check=True)
    return [line.removeprefix("?? ") for line in done.stdout.splitlines()]


def test_every_name_that_results_have(checkout):
    for name in NAMES.split():
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        (checkout / name).touch()
    assert offered(checkout) == [".gitignore"]


def test_what_the_commands_write_by_default(checkout, monkeypatch):
    monkeypatch.chdir(checkout)
    keypoint_file(checkout / "points.npz")
    data_folder(checkout / "data" / "mocap")
    person = checkout / "data" / "mocap" / "ui-prmd" / "s05.npz"
    shutil.copy(person, person.with_name("s01.npz"))  # one more, so that somebody is left to learn from
    for line in COMMANDS.strip().splitlines():
        assert main(line.format(model=ROOT / "model").split()) == 0, line
    assert offered(checkout) == [".gitignore"]
    for path in ("lifted/points.npy", "now.png", "walk.mp4", "publisher.key_secret", "causal.onnx"):
        assert (checkout / path).stat().st_size > 0
    assert (checkout / "out_files" / "training" / "causal-9.safetensors").exists()


def test_no_file_of_the_project_is_left_out():
    if not (ROOT / ".git").exists():
        pytest.skip("not a clone")
    words = ["git", "ls-files", "--cached", "--ignored", "--exclude-standard"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == ""
