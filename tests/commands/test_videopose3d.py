"""Command lines of VideoPose3D and its relatives, as their users type them."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys

import av
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from support.keypoint_files import walker, write_videopose3d_set
from support.networks import random_net, save_small, save_upstream, small_network
from support.poses import ROOT, SHARED, pose_2d
from support.video_files import film

from realtime.commands.videopose3d.film import poses_to_draw
from realtime.commands.videopose3d.flags import DONE, ELSEWHERE, IGNORED, OLD_FLAGS, is_videopose3d
from realtime.commands.videopose3d.request import parse
from realtime.commands.videopose3d.run import run as run_request
from realtime.errors import FormatError, PoseError, RecordError, SourceError, UsageError, WeightsError
from realtime.formats.videopose3d_npz import write_video_set
from realtime.lifting.sequence import SequenceLifter
from realtime.lifting.streaming import StreamingLifter
from realtime.lifting.tcn.config import TcnConfig
from realtime.skeleton import COCO17, H36M17, RUNNER18
from realtime.track import single_person_track
from realtime.window import PoseWindow

FRAMES = 24
SIZE_WH = (320, 240)
WIDTHS = (3, 3, 3)
STOP = SHARED / "data" / "video" / "data_2d_custom_myvideos.npz"

# As the documents of VideoPose3D and of the Atlas port print it.
PUBLISHED = (
    "-d custom -k myvideos -arc 3,3,3 -c checkpoint --evaluate pretrained.bin --render --viz-subject V.mp4 "
    "--viz-action custom --viz-camera 0 --viz-video V.mp4 --viz-output output.mp4 --viz-size 6"
).split()
EXPORT = "-d custom -k myvideos -c checkpoint --evaluate pretrained.bin --render --viz-export x.npy".split()

# Every flag of VideoPose3D's common/arguments.py, with something to give it.
UPSTREAM = """
-d custom | --dataset custom | -k myvideos | --keypoints myvideos | -str S1 | --subjects-train S1 | -ste S9
--subjects-test S9 | -sun S5 | --subjects-unlabeled S5 | -a Walking | --actions * | -c checkpoint
--checkpoint checkpoint | --checkpoint-frequency 10 | -r epoch.bin | --resume epoch.bin | --evaluate pretrained.bin
--render | --by-subject | --export-training-curves | -s 1 | --stride 1 | -e 60 | --epochs 60 | -b 1024
--batch-size 1024 | -drop 0.25 | --dropout 0.25 | -lr 0.001 | --learning-rate 0.001 | -lrd 0.95 | --lr-decay 0.95
-no-da | --no-data-augmentation | -no-tta | --no-test-time-augmentation | -arc 3,3,3 | --architecture 3,3,3
--causal | -ch 8 | --channels 8 | --no_kp_probs | --subset 1 | --downsample 1 | --warmup 1 | --no-eval | --dense
--disable-optimizations | --linear-projection | --no-bone-length | --no-proj | --viz-subject V.mp4
--viz-action custom | --viz-camera 0 | --viz-video V.mp4 | --viz-skip 0 | --viz-output output.mp4
--viz-export y.npy | --viz-bitrate 3000 | --viz-no-ground-truth | --viz-limit -1 | --viz-downsample 1 | --viz-size 5
"""
OURS_TOO = ("--keypoints", "--causal")  # flags of run.py by themselves
FLAGS = [flag.strip() for flag in re.split(r"[|\n]", UPSTREAM) if flag.strip()]


def sway(frames=FRAMES):
    """(T, 17, 2) px: a body that sways, and is not its own mirror image."""
    base = np.random.default_rng(1).uniform((60, 40), (260, 220), (17, 2))
    return (base + 8 * np.sin(np.arange(frames) / 5)[:, None, None] * (1, 0.3)).astype(np.float32)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder as the old program's users have it."""
    folder = tmp_path_factory.mktemp("theirs")
    (folder / "data").mkdir()
    (folder / "checkpoint").mkdir()
    write_videopose3d_set(folder / "data" / "data_2d_custom_myvideos.npz", {"V.mp4": sway()}, SIZE_WH)
    save_upstream(folder / "checkpoint" / "pretrained.bin", WIDTHS)
    film(folder / "V.mp4", FRAMES, size_wh=SIZE_WH)
    return folder


@pytest.fixture
def place(made, tmp_path, monkeypatch):
    """A copy of it, and in it."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*flags):
    return subprocess.run(
        [sys.executable, str(ROOT / "run.py"), *flags], capture_output=True, text=True, timeout=60, check=False
    )


def main(line):
    """The same in this process."""
    run_request(parse(line))


def one_line(done):
    assert done.returncode == 2, done.stderr
    (line,) = [line for line in done.stderr.splitlines() if "no model card" not in line]
    assert line.startswith("error: ")
    return line


def pictures(path):
    with av.open(str(path)) as shown:
        frames = list(shown.decode(video=0))
    return len(frames), (frames[0].width, frames[0].height), float(frames[-1].time)


# ---- as typed --------------------------------------------------------------------------


def test_the_published_command_line(place):
    done = run(*PUBLISHED, "--viz-export", "x.npy")
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    count, (width, height), last_s = pictures("output.mp4")
    assert count == FRAMES
    assert last_s == pytest.approx((FRAMES - 1) / 25, abs=0.01)  # the video's own pace
    assert (width, height) == (
        16 + 720 + 720 + 16,
        52 + 612 + 16,
    )  # a picture for --viz-size 6 would be 800x600: at most 720 px
    assert {path.name for path in place.iterdir()} == {"data", "checkpoint", "V.mp4", "output.mp4", "x.npy"}
    joints = np.load("x.npy")
    assert (joints.shape, joints.dtype) == ((FRAMES, 17, 3), np.float32)

    before = (place / "output.mp4").read_bytes()
    assert "output.mp4 exists already and is not overwritten" in one_line(run(*PUBLISHED))
    assert (place / "output.mp4").read_bytes() == before


def test_help_tells_old_flags_and_new():
    done = run("--help")
    assert done.returncode == 0
    for flag in ("--window N", "--viz-output FILE", "-k NAME", "docs/videopose3d.md"):
        assert flag in done.stdout
    assert "--learning-rate" not in done.stdout  # it is only answered


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"--viz-subject": "W.mp4"}, r"say which video, one of V\.mp4"),
        (
            {"-k": "others"},
            r"no data/data_2d_custom_others\.npz, nor .* in the current folder; .*lift VIDEO --write 2d",
        ),
    ],
)
def test_a_fault_is_one_line(place, changed, says):
    words = list(PUBLISHED)
    for flag, value in changed.items():
        words[words.index(flag) + 1] = value
    assert re.search(says, one_line(run(*words)))
    assert not (place / "output.mp4").exists()


class Opens:
    """Makes a file when it is unpickled."""

    def __reduce__(self):
        return open, ("opened", "w")


def test_a_pickle_is_not_run(place):
    evil = np.empty((), object)
    evil[()] = Opens()
    np.savez("data/data_2d_custom_evil.npz", positions_2d=evil, metadata=evil)
    one_line(run(*EXPORT, "-k", "evil"))
    torch.save({"model_pos": Opens()}, "checkpoint/evil.bin")
    with pytest.raises(WeightsError, match=r"holds io\.open, neither a tensor nor a number"):
        main([*EXPORT, "--evaluate", "evil.bin"])
    assert not (place / "opened").exists()
    assert not (place / "x.npy").exists()


# ---- every flag ------------------------------------------------------------------------


def test_the_table_is_theirs():
    """All of their flags, no other ones, and each once."""
    names = [name for flag in OLD_FLAGS for name in flag.names]
    assert sorted([*names, *OURS_TOO]) == sorted(flag.split()[0] for flag in FLAGS)
    assert len({flag.key for flag in OLD_FLAGS}) == len(OLD_FLAGS)


@pytest.mark.parametrize("words", FLAGS)
def test_every_flag_has_an_answer(place, words):
    name = words.split()[0]
    line = [*EXPORT, *words.split()]
    assert is_videopose3d([name]) == (name not in OURS_TOO)
    if name in OURS_TOO:
        assert parse(line).notes == ()
        return
    flag = next(f for f in OLD_FLAGS if name in f.names)
    if flag.does == ELSEWHERE:
        with pytest.raises(UsageError, match=r"is not supported here: .*(python -m realtime|dilated)") as fault:
            parse(line)
        assert "\n" not in str(fault.value)
    else:
        notes = parse(line).notes
        assert len(notes) == (flag.does == IGNORED)
        assert flag.does in (DONE, IGNORED)


def test_the_page_tells_every_flag():
    page = (ROOT / "docs" / "videopose3d.md").read_text("utf-8")
    assert not [flag for flag in FLAGS if f"`{flag.split()[0]}`" not in page]


@pytest.mark.parametrize("line", ["--source 0", "--keypoints x.npz --source y.mp4", "--window 9 --out here", ""])
def test_our_own_lines_are_not_old(line):
    assert not is_videopose3d(line.split())


COUNT = "takes a whole number from {} to below 2147483648"
WRONG = {
    "training": ("-k cpn_ft_h36m_dbb -e 80", "to train, use python -m realtime train"),
    "nothing to evaluate": ("-d custom -k myvideos --render", "needs --evaluate FILE"),
    "errors": ("-d custom -k myvideos --evaluate pretrained.bin", "needs --render; .* python -m realtime evaluate"),
    "Human3.6M": (
        "-k cpn --evaluate pretrained.bin --render --viz-output x.mp4",
        "-d takes custom or runningpose, not h36m; .* python -m realtime evaluate",
    ),
    "nothing to write": ("-d custom -k myvideos --evaluate pretrained.bin --render", "--viz-export FILE.npy or both"),
    "no keypoints": ("-d custom --evaluate pretrained.bin --render --viz-export x.npy", "needs -k NAME"),
    "another ending": (" ".join([*EXPORT, "--viz-output", "x.avi"]), r"writes .mp4 or .gif, not 'x.avi'"),
    "a word for a number": (
        " ".join([*EXPORT, "--viz-skip", "few"]),
        f"{COUNT.format(0)}, not 'few'",
    ),
    "a number too small": (
        " ".join([*EXPORT, "--viz-downsample", "0"]),
        f"{COUNT.format(1)}, not '0'",
    ),
    "no widths": (" ".join([*EXPORT, "-arc", "3x3"]), "widths like 3,3,3,3,3"),
    "another network": (
        " ".join([*EXPORT, "-arc", "3,3,3,3,3"]),
        "does not match pretrained.bin, which has -arc 3,3,3",
    ),
    "another width": (" ".join([*EXPORT, "-ch", "1024"]), "does not match pretrained.bin, which has -ch 8"),
    "a flag of ours": (" ".join([*EXPORT, "--window", "9"]), "--window cannot be combined with VideoPose3D flags"),
    "an unknown flag": (" ".join([*EXPORT, "--viz-sise", "9"]), "did you mean --viz-size"),
    "another action": (" ".join([*EXPORT, "--viz-action", "Walking"]), "no action 'Walking'; available are custom"),
    "another camera": (" ".join([*EXPORT, "--viz-camera", "1"]), "has no camera 1; its cameras are 0 to 0"),
    "no network": (" ".join([*EXPORT, "--evaluate", "y.bin"]), r"checkpoint/y\.bin: No such file"),
    "no video": (" ".join([*EXPORT, "--viz-video", "W.mp4"]), "no video 'W.mp4'"),
    "all left out": (" ".join([*EXPORT, "--viz-output", "x.mp4", "--viz-skip", "99"]), "skips all of them"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_told_in_one_line(place, case):
    line, says = WRONG[case]
    before = sorted(place.rglob("*"))
    with pytest.raises(PoseError, match=says) as fault:
        main(line.split())
    assert "\n" not in str(fault.value)
    assert sorted(place.rglob("*")) == before


def test_other_files_are_told_apart(place):
    film(place / "tall.mp4", 3, size_wh=(240, 320))
    with pytest.raises(SourceError, match="240 x 320, the keypoints are for 320 x 240"):
        main([*EXPORT, "--viz-output", "x.mp4", "--viz-video", "tall.mp4"])
    gap = sway()
    gap[5] = np.nan
    write_videopose3d_set(place / "data" / "data_2d_custom_gap.npz", {"V.mp4": gap}, SIZE_WH)
    with pytest.raises(FormatError, match="lacks keypoints in 1 of 24 frames"):
        main([*EXPORT, "-k", "gap"])
    save_upstream(place / "checkpoint" / "card.bin", WIDTHS)
    shutil.copy(save_small(place, causal=False, features="screen").with_suffix(".json"), "checkpoint/card.json")
    with pytest.raises(WeightsError, match="not the file its card"):
        main([*EXPORT, "--evaluate", "card.bin"])
    save_small(place / "checkpoint", "ours", causal=False)
    with pytest.raises(UsageError, match=r"the model card of ours\.safetensors declares a symmetric network"):
        main([*EXPORT, "--evaluate", "ours.safetensors", "--causal"])
    assert not (place / "x.npy").exists()


# ---- the numbers -----------------------------------------------------------------------


def evaluated(net, xy, *, causal, mirror=H36M17.mirror, flip=True):
    """The network's joints (T, J, 3), written down anew: normalised by the width, padded by
    its edges, convolved at once."""
    width, height = SIZE_WH
    field = net.config.receptive_field

    def forward(screen):
        before = field - 1 if causal else field // 2
        rows = np.clip(np.arange(-before, len(screen) + field - 1 - before), 0, len(screen) - 1)
        return net(torch.from_numpy(screen[rows].reshape(1, len(rows), 34)))[0].numpy()

    screen = (xy / width * 2 - (1, height / width)).astype(np.float32)
    if not flip:
        return forward(screen)
    other = screen[:, list(COCO17.mirror)].copy()
    other[..., 0] *= -1
    there = forward(other)[:, list(mirror)]
    there[..., 0] *= -1
    return (forward(screen) + there) / 2


@pytest.mark.parametrize("flip", [True, False])
@pytest.mark.parametrize("causal", [False, True])
def test_the_export_is_the_network_evaluated_over_the_padded_sequence(place, causal, flip):
    net = save_upstream(place / "checkpoint" / "pretrained.bin", WIDTHS, seed=3)
    if causal:  # the same arrays mean another network
        arrays, config = net.state_dict(), TcnConfig(WIDTHS, 8, causal=True)
        net = random_net(config)
        net.load_state_dict(arrays)
    main([*EXPORT, *["--causal"] * causal, *["-no-tta"] * (not flip)])
    want = evaluated(net, sway(), causal=causal, flip=flip)
    assert np.abs(np.load("x.npy") - want).max() < 1e-5
    assert np.ptp(want, axis=0).max() > 0.01  # the network listens


def test_a_long_recording_is_evaluated_in_parts(place):
    """Which makes no difference."""
    xy = sway(4200)
    write_videopose3d_set(place / "data" / "data_2d_custom_long.npz", {"V.mp4": xy}, SIZE_WH)
    net = save_upstream(place / "checkpoint" / "pretrained.bin", WIDTHS)
    main([*EXPORT, "-k", "long"])
    assert np.abs(np.load("x.npy") - evaluated(net, xy, causal=False)).max() < 1e-5


@settings(deadline=None, max_examples=20)
@given(
    widths=st.lists(st.sampled_from([1, 3, 5]), min_size=1, max_size=3).map(tuple),
    frames=st.integers(1, 30),
    features=st.sampled_from(["screen", "centred", "turned"]),
    seed=st.integers(0, 99),
)
def test_a_causal_network_says_what_it_says_live(widths, frames, features, seed):
    network = small_network(widths, seed, features=features)
    whole, window = PoseWindow(frames, 17), PoseWindow(network.card.config.receptive_field, 17)
    live = StreamingLifter(network)
    streamed = []
    for t, xy in enumerate(walker(frames)):
        for each in (whole, window):
            each.push(pose_2d(xy, index=t))
        streamed.append(live(window))
    joints = SequenceLifter(network, flip=False)(whole)
    assert np.abs(joints - joints[:, :1] - np.array(streamed)).max() < 1e-4


def test_a_network_of_ours_is_evaluated_too(place):
    save_small(place / "checkpoint", "ours-9", causal=True)
    main([*EXPORT, "--evaluate", "ours-9.safetensors", "--fov", "70"])
    assert np.load("x.npy").shape == (FRAMES, 17, 3)


RUNNING = "-d runningpose -k runs -arc 3,3,3 -c checkpoint --evaluate runningpose_100.bin --render --viz-subject V.mp4"


@pytest.mark.parametrize("key", ["model_run", "model_pos"])
def test_runningpose(place, key):
    """18 joints, its own name for the network's arrays, its own data set's name, y up and z backwards."""
    net = random_net(TcnConfig(WIDTHS, 8, joints_out=18, causal=False), seed=2)
    torch.save(
        {"epoch": 100, "random_state": np.random.RandomState(1), key: net.state_dict()},
        "checkpoint/runningpose_100.bin",
    )
    shutil.copy("data/data_2d_custom_myvideos.npz", "data_2d_runningpose_runs.npz")
    main([*RUNNING.split(), "--viz-export", "x", "--viz-output", "x.mp4", "--viz-limit", "3"])
    want = evaluated(net, sway(), causal=False, mirror=RUNNER18.mirror) * (1, -1, -1)
    assert np.abs(np.load("x.npy") - want).max() < 1e-5
    assert pictures("x.mp4")[0] == 3


def test_runningpose_with_what_prepare_writes_says_which_keypoints_are_needed(place):
    """Projected joints are what a network answers with, not what it is fed."""
    track = single_person_track(np.ones((3, 18, 3), np.float32), SIZE_WH, RUNNER18)
    write_video_set(place / "data_2d_custom_runs.npz", {"V.mp4": track})
    with pytest.raises(FormatError, match="contains runner-18 keypoints; needed are coco-17, as from Detectron2"):
        main([*RUNNING.split(), "--viz-export", "x"])


# ---- the film --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("flags", "shown"),
    [
        ("", range(FRAMES)),
        ("--viz-skip 20", range(20, FRAMES)),
        ("--viz-limit 12 --viz-skip 2 --viz-downsample 4 --camera-pitch auto", range(2, 12, 4)),
    ],
)
def test_which_frames_are_shown_without_the_video(place, flags, shown):
    main([*EXPORT[:-2], "--viz-output", "x.mp4", *flags.split()])
    count, _, last_s = pictures("x.mp4")
    assert count == len(shown)
    assert last_s == pytest.approx((shown[-1] - shown[0]) / 30, abs=0.01)


def test_the_film_ends_with_the_video(place, capsys):
    film(place / "short.mp4", 7, size_wh=SIZE_WH)
    main([*EXPORT[:-2], "--viz-output", "x.gif", "--viz-video", "short.mp4"])
    assert "the video has 7 frames, the keypoints 24" in capsys.readouterr().err
    assert (place / "x.gif").read_bytes()[:4] == b"GIF8"


def test_a_taken_name_costs_nothing(place):
    (place / "x.npy").write_text("mine")
    with pytest.raises(RecordError, match="exists already"):
        main([*EXPORT, "--viz-output", "x.mp4"])
    assert (place / "x.npy").read_text() == "mine"
    assert not (place / "x.mp4").exists()


def test_an_interrupted_film_leaves_nothing_and_touches_nothing(place, monkeypatch):
    (place / "x.part.mp4").write_text("mine")
    monkeypatch.setattr("realtime.commands.videopose3d.film.PanelFilm.write", interrupted)
    with pytest.raises(KeyboardInterrupt):
        main([*EXPORT[:-2], "--viz-output", "x.mp4"])
    assert (place / "x.part.mp4").read_text() == "mine"
    assert not [path for path in place.iterdir() if path.name.startswith((".film-", "x.mp4"))]


def interrupted(*_):
    raise KeyboardInterrupt


def test_the_poses_that_are_drawn():
    """By hand: camera axes → x right, y away, z up, about the root."""
    joints = np.zeros((1, 18, 3), np.float32)
    joints[0, RUNNER18.index("waist_back")] = (1, 0, 4)
    joints[0, RUNNER18.index("left_hip")] = (1.2, 0, 4)
    joints[0, RUNNER18.index("head_front")] = (1, -0.8, 3.9)
    (pose,) = poses_to_draw(joints, RUNNER18, 0.0)
    assert pose.skeleton is RUNNER18
    assert pose.xyz[RUNNER18.index("waist_back")] == pytest.approx((0, 0, 0))
    assert pose.xyz[RUNNER18.index("left_hip")] == pytest.approx((0.2, 0, 0), abs=1e-6)
    assert pose.xyz[RUNNER18.index("head_front")] == pytest.approx((0, -0.1, 0.8), abs=1e-6)


@pytest.mark.skipif(not STOP.exists(), reason=f"the recorded file {STOP.name} is not here")
def test_a_set_of_the_atlas_port(place):
    shutil.copy(STOP, place / "data")
    main([*EXPORT, "--viz-subject", "stop.mov"])
    joints = np.load("x.npy")
    assert joints.shape == (129, 17, 3)
    assert np.isfinite(joints).all()
