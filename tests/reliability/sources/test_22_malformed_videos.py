"""A damaged or unusual video gives the right answer, or one line that says what is wrong with it.

Through `lift` all of them in one call, so that a broken one does not cost the others; `run`, `gait` and `form` by one.
Beyond the list: a file whose later frame has 192 megapixels, which is 3 MB on disk and was 900 MB in memory.
"""

from __future__ import annotations

import random
import struct
from contextlib import redirect_stderr
from fractions import Fraction
from io import StringIO

import av
import cv2
import numpy as np
import pytest
from support.keypoint_files import keypoint_file, walk
from support.video_files import SIZE_WH, STEP_MS, film

from realtime.commands import form, gait, run
from realtime.commands.lift import main as lift
from realtime.errors import SourceError
from realtime.formats.keypoints_npz import read_keypoints, write_keypoints
from realtime.render.layout import Layout
from realtime.skeleton import COCO17
from realtime.sources import Request, open_source
from realtime.stages import all_frames
from realtime.track import single_person_track

UNEVEN_MS = [0, 10, 50, 51, 300, 1000, 1010]
NAMES = [
    "größe-日本.mp4",
    "with space.mp4",
    "quo'te\".mp4",
    "2024_run.mp4",
    "-d.mp4",
    "a:b.mp4",
    "50%d.mp4",
    "$(x).mp4",
]


def empty(path):
    path.write_bytes(b"")


def text(path):
    path.write_text("these are no pictures\n" * 100)


def without_its_index(path):
    film(path)
    path.write_bytes(path.read_bytes()[:1500])


def of_no_frames(path):
    film(path, count=0)


def of_sound(path):
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=8000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 8000), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def torn(path):
    film(path, count=60)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def of_uneven_rate(path):
    film(path, times_ms=UNEVEN_MS)


def with_a_wrong_count(path):
    film(path, codec="mjpeg", pix_fmt="yuvj420p")
    content = bytearray(path.read_bytes())
    for chunk, place in ((b"avih", 24), (b"strh", 40)):  # dwTotalFrames, dwLength
        struct.pack_into("<I", content, content.index(chunk) + place, 9999)
    path.write_bytes(content)


def damaged_in_the_middle(path):
    film(path, count=40)
    with av.open(str(path)) as container:
        places = [(packet.pos, packet.size) for packet in container.demux(video=0) if packet.size]
    content = bytearray(path.read_bytes())
    for position, size in places[12:18]:
        content[position : position + size] = random.Random(1).randbytes(size)
    path.write_bytes(content)


BROKEN = {
    "empty.mp4": (empty, "empty.mp4 is not a video"),
    "text.mp4": (text, "text.mp4 is not a video"),
    "unindexed.mp4": (without_its_index, "unindexed.mp4 is not a video"),
    "nothing.mkv": (of_no_frames, "nothing.mkv is not a video"),
    "nothing.avi": (of_no_frames, "nothing.avi contains no readable frame"),
    "sound.mp4": (of_sound, "sound.mp4 has no video stream, only audio"),
}
USABLE = {
    "torn.mkv": torn,
    "uneven.mkv": of_uneven_rate,
    "count.avi": with_a_wrong_count,
    "middle.mp4": damaged_in_the_middle,
    **dict.fromkeys(NAMES, film),
}


@pytest.fixture(scope="module")
def lifted(tmp_path_factory):
    """All of them in one call: its exit code, its output folder and its stderr lines."""
    folder = tmp_path_factory.mktemp("videos")
    for name, make in [*((name, make) for name, (make, _) in BROKEN.items()), *USABLE.items()]:
        make(folder / name)
    points = walk(60) * (0.1, 0.1, 1)
    write_keypoints(folder / "points.npz", single_person_track(points.astype(np.float32), SIZE_WH, COCO17, 25.0))
    names = [x for pair in zip(BROKEN, USABLE, strict=False) for x in pair]  # a broken one before a good one
    names += [name for name in USABLE if name not in names]
    flags = ["--out", str(folder / "out"), "--write", "npy", "--detector", "replay"]
    said = StringIO()
    with redirect_stderr(said):
        code = lift([*flags, "--keypoints", str(folder / "points.npz"), *(str(folder / name) for name in names)])
    return code, folder / "out", said.getvalue().splitlines()


def times_ms(out, stem):
    return 1000 * np.load(out / f"{stem}_time.npy")


def test_the_broken_ones_are_told_and_the_others_lifted(lifted, figure):
    code, out, said = lifted
    assert code == 1
    assert len(list(out.glob("*.lift.json"))) == len(USABLE)
    assert not [path for path in out.iterdir() if path.name.startswith(".")]
    at = said.index(f"{len(BROKEN)} of {len(BROKEN) + len(USABLE)} could not be lifted:")
    assert len(said[at + 1 :]) == len(BROKEN)
    for line, (_, told) in zip(said[at + 1 :], BROKEN.values(), strict=True):
        assert line.strip().startswith(told)
    figure(f"lift, one call: {len(BROKEN)} broken videos told in a line each, {len(USABLE)} odd ones lifted")


@pytest.mark.parametrize("name", NAMES)
def test_any_name_is_a_name(lifted, name):
    _, out, _ = lifted
    stem = name.removesuffix(".mp4")
    assert times_ms(out, stem) == pytest.approx(np.arange(10) * STEP_MS)
    assert np.isfinite(np.load(out / f"{stem}.npy")).all()


def test_a_torn_one_gives_what_it_has_and_says_so(lifted):
    _, out, said = lifted
    stamps = times_ms(out, "torn")
    assert 10 <= len(stamps) < 50
    assert (
        f"torn.mkv contains {(stamps[-1] + STEP_MS) / 1000:.1f} s of the 2.4 s its header declares: truncated?" in said
    )


def test_uneven_times_are_kept(lifted):
    assert times_ms(lifted[1], "uneven") == pytest.approx(UNEVEN_MS)


def test_a_wrong_count_is_not_believed(lifted):
    _, out, said = lifted
    assert times_ms(out, "count") == pytest.approx(np.arange(10) * STEP_MS)
    assert any(line.startswith("count.avi contains 0.4 s of the ") for line in said)


def test_a_damaged_middle_leaves_a_hole_in_time(lifted):
    _, out, said = lifted
    stamps = times_ms(out, "middle")
    assert 30 <= len(stamps) < 40
    assert stamps[-1] == pytest.approx(39 * STEP_MS)
    assert np.diff(stamps).max() > 3 * STEP_MS
    assert any(line.startswith("middle.mp4: ") and line.endswith("damaged frames skipped") for line in said)


def test_a_turned_video_is_lifted_upright(tmp_path):
    path = film(tmp_path / "turned.mp4", count=3)
    content = bytearray(path.read_bytes())
    matrix = content.index(b"tkhd") + 4 + 40  # ISO 14496-12, 8.3.2: a quarter turn clockwise
    for place, value in ((0, 0), (4, 1), (12, -1), (16, 0)):
        struct.pack_into(">i", content, matrix + place, value << 16)
    path.write_bytes(content)
    upright_wh = SIZE_WH[::-1]
    points = (walk(3) * (0.1, 0.1, 1)).astype(np.float32)
    write_keypoints(tmp_path / "points.npz", single_person_track(points, upright_wh, COCO17, 25.0))
    flags = ["--out", str(tmp_path / "out"), "--write", "2d,mp4", "--detector", "replay"]
    assert lift([str(path), *flags, "--keypoints", str(tmp_path / "points.npz")]) == 0
    assert read_keypoints(tmp_path / "out" / "turned_2d.npz").size_wh == upright_wh
    with av.open(str(tmp_path / "out" / "turned.mp4")) as shown:
        picture = next(shown.decode(video=0)).to_ndarray(format="bgr24")
    panel = picture[Layout(upright_wh).input.pixels].astype(int)
    blue = panel[..., 0] - panel[..., 2] > 100
    y, x = (at.mean() / side for at, side in zip(np.nonzero(blue), blue.shape, strict=True))
    assert x > 0.75  # what was recorded on the left is on the right
    assert y < 0.25


@pytest.mark.parametrize("size_wh", [(1, 1), (16384, 16)])
def test_odd_sizes(tmp_path, size_wh):
    path = film(tmp_path / "odd.mkv", 3, None, size_wh, "ffv1", "bgr0")
    assert lift([str(path), "--out", str(tmp_path / "out"), "--write", "npy,mp4", "--detector", "blazepose"]) == 0
    assert np.isnan(np.load(tmp_path / "out" / "odd.npy")).all()
    with av.open(str(tmp_path / "out" / "odd.mp4")) as shown:
        assert sum(1 for _ in shown.decode(video=0)) == 3


def test_a_name_of_two_lines_is_told_in_one(tmp_path, capsys):
    path = keypoint_file(tmp_path / "two\nlines.npz")
    assert lift([path, "--out", str(tmp_path / "out"), "--write", "npy"]) == 0
    *_, line, _trust, _where = capsys.readouterr().err.splitlines()
    assert line.startswith("two lines.npz: 40 frames, 40 with a person")
    assert np.load(tmp_path / "out" / "two\nlines.npy").shape == (40, 17, 3)


@pytest.mark.parametrize("command", [run, gait, form])
def test_run_gait_and_form_tell_a_broken_one_in_a_line(command, tmp_path, monkeypatch, capsys, figure):
    monkeypatch.chdir(tmp_path)
    for name, (make, told) in BROKEN.items():
        make(tmp_path / name)
        flags = ["--source", name, "--sinks", "record", "--detector", "blazepose"] if command is run else [name]
        if command is run:
            with pytest.raises(SourceError) as caught:  # exit code 2, as every PoseError
                run.main(flags)
            said = str(caught.value)
        else:
            assert command.main(flags) == 1
            said = capsys.readouterr().err.removesuffix("\n")
        assert told in said
        assert "\n" not in said
        assert len(said) < 300
        (tmp_path / name).unlink()
    assert not list(tmp_path.iterdir())
    figure(f"{command.__name__.rpartition('.')[2]}: {len(BROKEN)} of {len(BROKEN)} broken videos told in one line")


@pytest.fixture
def points(tmp_path):
    path = tmp_path / "points.npz"
    points = walk(60) * (0.1, 0.1, 1)
    write_keypoints(path, single_person_track(points.astype(np.float32), SIZE_WH, COCO17, 25.0))
    return path


@pytest.mark.parametrize(
    ("name", "frames"), [("torn.mkv", 12), ("uneven.mkv", 7), ("count.avi", 10), ("middle.mp4", 34)]
)
def test_run_records_what_is_there(name, frames, points, tmp_path):
    USABLE[name](tmp_path / name)
    flags = ["--sinks", "record", "--detector", "replay", "--keypoints", str(points), "--out", str(tmp_path / "out")]
    assert run.main(["--source", str(tmp_path / name), *flags]) == 0
    assert len(np.load(tmp_path / "out" / "joints.npy")) == pytest.approx(frames, abs=3)


def test_a_later_frame_that_is_far_too_large_is_left_out(tmp_path, caplog):
    sizes_wh = [SIZE_WH, SIZE_WH, (16000, 12000), SIZE_WH]
    with av.open(str(tmp_path / "bomb.avi"), "w") as container:
        stream = container.add_stream("mjpeg", rate=25)
        stream.width, stream.height, stream.pix_fmt = *SIZE_WH, "yuvj420p"
        container.start_encoding()
        for number, (width, height) in enumerate(sizes_wh):
            packet = av.Packet(cv2.imencode(".jpg", np.zeros((height, width), np.uint8))[1].tobytes())
            packet.stream, packet.time_base = stream, Fraction(1, 25)
            packet.pts = packet.dts = number
            packet.is_keyframe = True
            container.mux(packet)
    source = open_source(Request(str(tmp_path / "bomb.avi")))
    assert [frame.size_wh for frame in all_frames(source)] == [SIZE_WH] * 3
    source.close()
    assert "bomb.avi: 1 damaged frame skipped" in caplog.text
