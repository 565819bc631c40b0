"""One output's fault is that output's: the others, and the other inputs, are kept, and all is told."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import signal
import sys
import time
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image
from support.keypoint_files import FRAMES, copies, keypoint_file, walk
from support.processes import realtime_session, run_python, run_realtime
from support.video_files import film

from realtime.commands.lift import main as lift
from realtime.errors import MissingLibrary
from realtime.formats.bvh.reader import read_bvh
from realtime.formats.c3d.motion import read_c3d
from realtime.formats.keypoints_npz import read_keypoints
from realtime.offline import outputs
from realtime.offline.executors import ExecutorOptions, execute
from realtime.offline.lift import lift_one
from realtime.offline.manifest import content_of
from realtime.offline.results import StagedOutput, staging_of
from realtime.offline.task import Task
from realtime.render.panels import Panels
from realtime.settings import Settings

NOBODY = np.full((9, 17, 3), np.nan, np.float32)
needs_ezc3d = pytest.mark.skipif(importlib.util.find_spec("ezc3d") is None, reason="ezc3d is not installed")
not_on_windows = pytest.mark.skipif(sys.platform == "win32", reason="a POSIX system's")


def last_outcome(told):
    """The line of the last input, before those of how far to trust it and of where the results are."""
    return [line for line in told.splitlines() if not line.startswith(("  ", "the results are in "))][-1]


@pytest.fixture
def source(tmp_path):
    return keypoint_file(tmp_path / "walk.npz")


def names(folder):
    return {path.name for path in folder.iterdir()}


def times_of(folder):
    return {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}


def test_what_nobody_can_write_is_told_and_the_rest_is_kept(tmp_path, capsys):
    path = keypoint_file(tmp_path / "empty.npz", NOBODY)
    words = [path, "--out", str(tmp_path / "out"), "--write", "npy,mot,bvh"]
    assert lift(words) == 1
    told = last_outcome(capsys.readouterr().err)
    assert "nobody was seen" in told
    assert "→ empty.npy, empty_time.npy, empty.json; no mot: empty.mot: joint angles require" in told
    assert "; no bvh: empty.bvh: BVH requires" in told
    assert names(tmp_path / "out") == {"empty.npy", "empty_time.npy", "empty.json", "empty.lift.json"}
    before = times_of(tmp_path / "out")
    assert lift(words) == 1  # known already
    told = capsys.readouterr().err
    assert "empty.npz: done before (--force does it again); no mot: empty.mot: joint angles require" in told
    assert times_of(tmp_path / "out") == before
    assert lift([*words, "--force"]) == 1
    assert "9 frames" in capsys.readouterr().err


@not_on_windows
def test_a_film_that_cannot_be_written_costs_no_joints_and_is_made_later(source, tmp_path, capsys):
    out = tmp_path / "out"
    words = [source, "--out", str(out), "--write", "npy,mp4,csv"]
    code = f"""
import resource, signal, sys
from realtime.commands.lift import main
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))  # the table needs more, and the film
assert main({words!r}) == 1
"""
    told = run_python(code).stderr
    assert re.search(r"→ walk\.npy, walk_time\.npy, walk\.json; no mp4: cannot write .*; no csv: cannot write", told)
    assert names(out) == {"walk.npy", "walk_time.npy", "walk.json", "walk.lift.json"}
    joints = (out / "walk.npy").stat().st_mtime_ns
    assert lift(words) == 0
    assert last_outcome(capsys.readouterr().err).endswith("→ walk.mp4, walk.csv")
    assert (out / "walk.npy").stat().st_mtime_ns == joints
    assert lift(words) == 0
    assert "done before" in capsys.readouterr().err
    record = json.loads((out / "walk.lift.json").read_text())
    assert {entry[0] for entry in record["files"]} | {"walk.lift.json"} == names(out)
    assert record["failed"] == {}


def test_a_drawing_that_fails_costs_the_films_only(source, tmp_path, capsys, monkeypatch):
    def no_plot(*_):
        raise ValueError("no such colour")

    monkeypatch.setattr(Panels, "draw", no_plot)
    assert lift([source, "--out", str(tmp_path / "out"), "--write", "npy,mp4,gif,png,2d"]) == 1
    told = capsys.readouterr().err
    assert "Traceback" in told  # a bug, to be reported
    for name in ("mp4", "gif", "png"):
        assert f"no {name}: internal error (ValueError: no such colour)" in told
    assert names(tmp_path / "out") >= {"walk.npy", "walk_2d.npz", "data_2d_custom_walk.npz"}
    assert not list((tmp_path / "out").glob("*.mp4"))


def test_a_gif_that_ends_too_early_says_so(tmp_path, capsys):
    path = keypoint_file(tmp_path / "long.npz", walk(33), fps=1)
    assert lift([path, "--out", str(tmp_path / "out"), "--write", "gif"]) == 0
    assert last_outcome(capsys.readouterr().err).endswith(
        "long.gif contains only the first 30 s: write an .mp4 for the whole video"
    )


def test_a_library_that_is_missing_is_told_before_any_frame(source, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "ezc3d", None)  # as if it were not installed
    with pytest.raises(MissingLibrary, match="writing C3D needs ezc3d"):
        lift([source, str(tmp_path / "no such.mp4"), "--out", str(tmp_path / "out"), "--write", "npy,c3d"])
    assert not (tmp_path / "out").exists()


def test_a_worker_without_the_library_makes_the_rest(source, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "ezc3d", None)
    frames = []
    task = Task(Settings(source=source, realtime=False), tmp_path / "out" / "walk", ("c3d", "npy"))
    outcome = lift_one(task, lambda *_: frames.append(1))
    assert (outcome.fault, set(outcome.missing), len(frames)) == ("", {"c3d"}, FRAMES)
    assert "walk.npy" in outcome.files
    outcome = lift_one(Task(task.settings, tmp_path / "only" / "walk", ("c3d",)), lambda *_: frames.append(1))
    assert "needs ezc3d" in outcome.fault
    assert len(frames) == FRAMES  # no more of them


@needs_ezc3d
def test_more_frames_than_a_format_holds_are_known_before_the_first(source, tmp_path, monkeypatch):
    monkeypatch.setitem(outputs.OUTPUTS, "c3d", outputs.Output(("{}.c3d",), "", None, most_frames=30))
    frames = []
    for part, made in (({}, False), ({"end_s": 1.0}, True)):
        task = Task(Settings(source=source, realtime=False), tmp_path / str(made) / "walk", ("c3d",), **part)
        outcome = lift_one(task, lambda *_: frames.append(1))
        assert ("at most 30 frames, this has about 40" in outcome.fault) is not made
    assert len(frames) == 25


@not_on_windows
@pytest.mark.parametrize("length", [236, 241, 246, 250])
def test_names_that_are_too_long_are_told_before_any_frame(tmp_path, length):
    """Of 255 bytes: the name of the manifest and of a file under way, walk_time.npy.part, are longer."""
    source = keypoint_file(tmp_path / f"{'ä' * ((length - 4) // 2)}.npz")
    frames = []
    stem = tmp_path / "out" / ("ä" * ((length - 4) // 2))
    outcome = lift_one(
        Task(Settings(source=source, realtime=False), stem, ("csv", "npy", "2d")), lambda *_: frames.append(1)
    )
    assert "\n" not in str(outcome)
    missing = {"2d"} | ({"npy"} if length > 241 else set())
    if length > 246:
        assert "too long for this file system: rename the input" in outcome.fault
        assert not frames
    else:
        assert (outcome.fault, set(outcome.missing)) == ("", missing)
        assert all("too long" in fault.line for fault in outcome.missing.values())


@pytest.mark.parametrize(
    "name",
    [
        b"line\nbreak.npz",
        b"-dash.npz",
        b"{0}.npz",
        b"50%d.npz",
        b"\x1b[2Jclear.npz",
        pytest.param(b"caf\xe9.npz", marks=not_on_windows),
    ],
)
@needs_ezc3d
def test_every_format_of_any_name(name, tmp_path, capsys):
    source = tmp_path / os.fsdecode(name)
    keypoint_file(source)
    formats = ",".join(outputs.OUTPUTS)
    assert lift(["--out", str(tmp_path / "out"), "--write", formats, "--", str(source)]) == 0
    told = capsys.readouterr().err
    assert "\x1b" not in told
    assert last_outcome(told).count(" → ") == 1
    about = json.loads((tmp_path / "out" / f"{source.stem}.motion.json").read_text("utf-8"))
    assert about["source"].encode()  # Unicode, whatever the name is
    assert lift(["--out", str(tmp_path / "out"), "--write", formats, "--", str(source)]) == 0
    assert "done before" in capsys.readouterr().err


def test_names_that_are_one_on_other_systems_are_kept_apart(tmp_path):
    for name in ("Walk_time.npz", "walk.npz"):
        keypoint_file(tmp_path / name)
    with pytest.raises(Exception, match="would both write"):
        lift([str(tmp_path / "Walk_time.npz"), str(tmp_path / "walk.npz"), "--write", "npy"])


def test_a_disk_that_gets_full_keeps_room_for_the_record(source, tmp_path, monkeypatch):
    kept = []
    monkeypatch.setattr(StagedOutput, "_write_manifest", lambda *_: kept.append(reserved()))
    task = Task(Settings(source=source, realtime=False), tmp_path / "out" / "walk", ("npy",))

    def reserved():
        return sum(path.stat().st_size for path in staging_of(task.stem).glob("*.space"))

    lift_one(task, lambda *_: kept.append(reserved()))
    assert min(kept[:FRAMES]) > 2000 + len(json.dumps(content_of(task)))
    assert kept[FRAMES] == 0
    assert not staging_of(task.stem).exists()


def test_what_was_made_stays_until_the_new_is_made(source, tmp_path, capsys, monkeypatch):
    words = [source, "--out", str(tmp_path / "out"), "--write", "npy,csv"]
    assert lift(words) == 0
    before = times_of(tmp_path / "out")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(outputs.OUTPUTS, "csv", outputs.Output(("{}.csv",), "", full))
    assert lift([*words, "--force"]) == 1
    assert "no csv: [Errno 28] No space left on device" in capsys.readouterr().err
    after = times_of(tmp_path / "out")
    assert after["walk.csv"] == before["walk.csv"]
    assert after["walk.npy"] > before["walk.npy"]
    monkeypatch.undo()
    assert lift(words) == 0  # and the table is made again, as it is not of this run
    assert last_outcome(capsys.readouterr().err).endswith("→ walk.csv")


def test_an_output_that_was_deleted_is_made_again_alone(source, tmp_path, capsys):
    words = [source, "--out", str(tmp_path / "out"), "--write", "npy,csv"]
    assert lift(words) == 0
    before = times_of(tmp_path / "out")
    (tmp_path / "out" / "walk.csv").unlink()
    assert lift(words) == 0
    assert last_outcome(capsys.readouterr().err).endswith("→ walk.csv")
    assert times_of(tmp_path / "out")["walk.npy"] == before["walk.npy"]


def stepping(path, times_ms):
    """A film without anybody, and keypoints of its frames."""
    film(path, times_ms=times_ms, size_wh=(640, 480))
    return str(path), keypoint_file(path.with_suffix(".npz"), walk(len(times_ms)))


@pytest.mark.parametrize(
    "times_ms",
    [
        [round(i * 1000 / 30) for i in range(60) if i % 4 != 1],
        [round(i * 1000 / 30) for i in range(60) if not 17 <= i < 30],
    ],
    ids=["frames left out", "hole"],
)
@needs_ezc3d
def test_every_format_lasts_as_long_as_the_recording(tmp_path, times_ms):
    video, points = stepping(tmp_path / "film.mp4", times_ms)
    out = tmp_path / "out"
    words = ["--detector", "replay", "--keypoints", points, "--out", str(out), "--write", "npy,bvh,c3d,mp4,gif"]
    assert lift([video, *words]) == 0
    times_s = np.load(out / "film_time.npy")
    np.testing.assert_allclose(times_s, np.array(times_ms) / 1000, atol=1e-3)
    rig = read_bvh((out / "film.bvh").read_text())
    assert len(rig.points) / rig.rate_hz == pytest.approx(2, abs=0.01)
    assert len(read_c3d(out / "film.c3d")) == 60
    with av.open(str(out / "film.mp4")) as made:
        shown_s = [frame.time for frame in made.decode(video=0)]
    np.testing.assert_allclose(shown_s, times_s, atol=2e-3)
    with Image.open(out / "film.gif") as image:
        ends_ms = [(image.seek(i), image.info["duration"])[1] for i in range(image.n_frames)]
    assert sum(ends_ms) == pytest.approx(2000, abs=1000 / 15)


@pytest.fixture
def dozen(tmp_path):
    """Twelve inputs of all kinds, and what is to be told of each."""
    folder = tmp_path / "inputs"
    folder.mkdir()
    said = {}

    def add(name, content, line):
        path = folder / os.fsdecode(name)
        if callable(content):
            content(path)
        else:
            path.write_bytes(content)
        said[str(path)] = line

    add("empty.mp4", b"", "is not a video")
    add("text.mp4", b"no film at all\n" * 40, "is not a video")
    add("no images", lambda path: path.mkdir(), "is empty")
    add(b"caf\xe9.npz" if sys.platform != "win32" else "café.npz", keypoint_file, "40 with a person")
    add("walk.npz", keypoint_file, "40 with a person")
    add("nobody.npz", lambda path: keypoint_file(path, NOBODY), "nobody was seen")
    add("grey.mp4", lambda path: film(path, 5), "5 frames, nobody was seen")
    add("uneven.mkv", lambda path: film(path, times_ms=[0, 33, 100, 133]), "4 frames, nobody was seen")
    add("torn.npz", b"PK\x03\x04 torn", "is not an npz file")
    add("missing.mov", lambda _path: None, "cannot be read")
    add("picture.png", lambda path: Image.new("RGB", (64, 48)).save(path), "1 frame, nobody was seen")

    def pictures(path):
        path.mkdir()
        for number in range(3):
            Image.new("RGB", (64, 48)).save(path / f"{number}.jpg")

    add("pictures", pictures, "3 frames, nobody was seen")
    return said


@needs_ezc3d
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_twelve_inputs_of_all_kinds(dozen, tmp_path, jobs):
    out = tmp_path / "out"
    words = [*dozen, "--out", str(out), "--write", "npy,mot,bvh,c3d,2d,png", "--jobs", jobs]
    done = run_realtime("lift", *words)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    lines = [line for line in done.stderr.splitlines() if re.match(r"\d+/12 ", line)]
    assert len(lines) == 12
    for path, said in dozen.items():
        name = re.sub(r"[^ -~]", ".", Path(path).name)
        (line,) = [line for line in lines if re.match(rf"\d+/12 (.*/|the folder .*)?{name}", line)]
        assert said in line
        lifted = "frames" in said or "person" in said or "nobody" in said
        stem = Path(path).stem
        assert (out / f"{stem}.npy").exists() == lifted
        assert (out / f"{stem}.mot").exists() == ("with a person" in said)
    assert "5 of 12 could not be lifted:" in done.stderr
    assert "5 of 12 lack an output:" in done.stderr
    assert not list(out.glob(".*"))


DYING = """
import os
from realtime.offline import lift

lift_frames = lift.log_frames

def dying(task, progress):
    if task.source.name == "1.npz":
        os._exit(9)
    return lift_frames(task, progress)

lift.log_frames = dying
"""


def test_an_input_that_its_process_dies_of_costs_no_other(tmp_path):
    (tmp_path / "sitecustomize.py").write_text(DYING)
    inputs = [keypoint_file(tmp_path / f"{n}.npz", walk(seed=n)) for n in range(5)]
    words = ["lift", *inputs, "--out", str(tmp_path / "out"), "--write", "npy", "--jobs", "2"]
    done = run_realtime(*words, first_on_path=(tmp_path,))
    assert done.returncode == 1, done.stderr
    assert "1 of 5 could not be lifted:\n  1.npz: its process died" in done.stderr
    assert names(tmp_path / "out") >= {f"{n}.npy" for n in (0, 2, 3, 4)}
    assert not list((tmp_path / "out").glob(".*"))


@pytest.fixture(scope="module")
def long_walks(tmp_path_factory):
    """Three keypoint files, each of which takes a while."""
    return copies(keypoint_file(tmp_path_factory.mktemp("long") / "0.npz", walk(30_000)), 3)


@not_on_windows
@pytest.mark.parametrize(
    ("number", "jobs", "to_group"),
    [("SIGTERM", "1", True), ("SIGINT", "1", False), ("SIGHUP", "2", True), ("SIGTERM", "2", False)],
)
def test_a_run_that_is_stopped_leaves_no_staging_folder(long_walks, tmp_path, number, jobs, to_group):
    words = ["lift", *long_walks, "--out", tmp_path / "out", "--write", "npy,mp4", "--jobs", jobs]
    with realtime_session(*words) as process:
        while not list(tmp_path.glob("out/.*.lifting/*.mp4")):
            assert process.poll() is None
            time.sleep(0.02)
        (os.killpg if to_group else os.kill)(process.pid, getattr(signal, number))
        _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"Traceback" not in told
    assert b"interrupted: finished results are kept" in told
    assert names(tmp_path / "out") == set()


def test_folders_of_killed_runs_are_removed_by_the_next_whatever_it_lifts(source, tmp_path):
    out = tmp_path / "out"
    for name, age_s, lock in (("old", 60, True), ("new", 0, True), ("mine", 60, False)):
        folder = out / f".{name}.lifting"
        folder.mkdir(parents=True)
        (folder / f"{name}.part.mp4").write_bytes(b"half a film")
        if lock:
            (folder / ".recording.lock").touch()
        os.utime(folder, (time.time() - age_s,) * 2)
    assert lift([source, "--out", str(out), "--write", "npy"]) == 0
    assert {path.name for path in out.glob(".*")} == {".new.lifting", ".mine.lifting"}


def test_outcomes_are_the_same_whoever_lifts(tmp_path):
    path = keypoint_file(tmp_path / "empty.npz", NOBODY)
    tasks = [
        Task(Settings(source=path, realtime=False), tmp_path / f"{jobs}" / "empty", ("npy", "mot")) for jobs in (1, 2)
    ]
    twins = [Task(task.settings, task.stem.with_name("twin"), task.formats) for task in tasks]
    for task, twin, jobs in zip(tasks, twins, (1, 2), strict=True):
        for outcome in execute([task, twin], ExecutorOptions(jobs=jobs)):
            assert outcome.missing["mot"].final
            assert not outcome.complete
            assert str(outcome).count("no mot: ") == 1


def test_keypoints_last_as_long_as_their_recording(tmp_path):
    video, points = stepping(tmp_path / "film.mp4", [0, 40, 80, 400, 440])
    assert lift([video, "--detector", "replay", "--keypoints", points, "--out", str(tmp_path), "--write", "2d"]) == 0
    assert read_keypoints(tmp_path / "film_2d.npz").fps == pytest.approx(4 / 0.44)
