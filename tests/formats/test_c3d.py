"""C3D: what ezc3d reads of ours, and files of other makers, made by hand."""

from __future__ import annotations

import os
import struct
import sys
from types import ModuleType

import numpy as np
import pytest
from support.example_motions import walk, with_holes
from support.processes import run_python

from realtime.errors import FormatError, MissingLibrary, NotRepresentable
from realtime.formats.c3d.motion import read_c3d, write_c3d
from realtime.formats.c3d.points import read_c3d_markers
from realtime.motion import motion

BLOCK = 512
INTEL, DEC, MIPS = 84, 85, 86


def dec(value):
    """A VAX F float: the IEEE one times four, its two words swapped."""
    low, high = struct.unpack("<HH", struct.pack("<f", 4 * value))
    return struct.pack("<HH", high, low)


FLOATS = {
    INTEL: lambda value: struct.pack("<f", value),
    DEC: dec,
    MIPS: lambda value: struct.pack(">f", value),
}


def made_by_hand(processor=INTEL, scale=-0.1, analogs=2, frames_in=None, units="mm", up="+Z", first=1):
    """A file of two points in three frames, the second point lost in the second frame, as the manual says."""
    order = ">" if processor == MIPS else "<"
    number = FLOATS[processor]

    def parameter(group, name, kind, shape, data):
        body = struct.pack("bB", kind, len(shape)) + bytes(shape) + data + b"\x00"
        return struct.pack("bb", len(name), group) + name.encode() + struct.pack(f"{order}h", 2 + len(body)) + body

    def text(group, name, words, width=8):
        return parameter(group, name, -1, (width, len(words)), b"".join(w.encode().ljust(width) for w in words))

    frames = 3 if frames_in is None else frames_in
    records = struct.pack("bb", 5, -1) + b"POINT" + struct.pack(f"{order}h", 3) + b"\x00"
    records += text(1, "LABELS", ["A:LKNE", "top é"])
    records += text(1, "UNITS", [units], 4) if units else b""
    records += text(1, "Y_SCREEN", [up], 2) if up else b""
    records += parameter(1, "SCALE", 4, (), number(scale)) + parameter(1, "RATE", 4, (), number(100))
    records += parameter(1, "DATA_START", 2, (), struct.pack(f"{order}h", 3))
    records += parameter(1, "FRAMES", 2, (), struct.pack(f"{order}H", frames))
    section = (bytes([1, 0x50, 1, processor]) + records).ljust(BLOCK, b"\0")
    words = [
        2,
        analogs,
        first,
        first + frames - 1,
        0,
        0,
        0,
        3,
    ]  # points, analog values, first, last, gap, scale (2), data
    head = bytes([2, 0x50]) + struct.pack(f"{order}8H", *words)
    rows = b""
    for frame in range(3):
        for point in range(2):
            lost = (frame, point) == (1, 1)
            xyz = (0, 0, 0) if lost else (100 * frame, 200, -300.0 * (point + 1))
            if scale < 0:
                rows += b"".join(map(number, (*xyz, -1.0 if lost else 0.0)))
            else:
                rows += struct.pack(f"{order}4h", *(round(x / scale) for x in xyz), -1 if lost else 0)
        rows += b"".join(number(9) if scale < 0 else struct.pack(f"{order}h", 9) for _ in range(analogs))
    return head.ljust(BLOCK, b"\0") + section + rows


def read(tmp_path, content, **options):
    (tmp_path / "x.c3d").write_bytes(content)
    return read_c3d_markers(tmp_path / "x.c3d", **options)


@pytest.mark.parametrize("scale", [-0.1, 0.1])
@pytest.mark.parametrize("processor", FLOATS)
@pytest.mark.parametrize("analogs", [0, 2])
def test_files_of_every_maker(tmp_path, processor, scale, analogs):
    markers = read(tmp_path, made_by_hand(processor, scale, analogs))
    assert (markers.names, markers.rate_hz) == (("A:LKNE", "top é"), 100)
    assert markers.times_s.tolist() == [0, 0.01, 0.02]
    wanted = np.array(
        [[[0, 0.2, -0.3], [0, 0.2, -0.6]], [[0.1, 0.2, -0.3], [np.nan] * 3], [[0.2, 0.2, -0.3], [0.2, 0.2, -0.6]]]
    )
    np.testing.assert_allclose(markers.points, wanted, atol=1e-6)


def test_units_and_axes(tmp_path):
    in_metres = read(tmp_path, made_by_hand(units="m"))
    assert in_metres.points[0, 0] == pytest.approx([0, 200, -300])
    no_units = read(tmp_path, made_by_hand(units="", up=""))
    assert no_units.points[0, 0] == pytest.approx([0, 0.2, -0.3])
    y_up = read(tmp_path, made_by_hand(up="+Y"))
    assert y_up.points[0, 0] == pytest.approx([0, 0.3, 0.2])
    y_down = read(tmp_path, made_by_hand(up="-Y"))
    assert y_down.points[0, 0] == pytest.approx([0, -0.3, -0.2])
    assert read(tmp_path, made_by_hand(up="+Y"), up="z").points[0, 0] == pytest.approx([0, 0.2, -0.3])


def test_long_files_that_do_not_count_their_frames(tmp_path):
    assert len(read(tmp_path, made_by_hand(frames_in=65535)).points) == 3


def test_the_number_of_the_first_frame_tells_when_it_begins(tmp_path):
    assert read(tmp_path, made_by_hand(first=201)).times_s.tolist() == [2, 2.01, 2.02]
    assert read(tmp_path, made_by_hand(first=0)).times_s.tolist() == [0, 0.01, 0.02]


@pytest.mark.parametrize("height_m", [None, 1.8])
def test_a_height_that_was_told_is_where_laboratories_look_for_it(tmp_path, height_m):
    ezc3d = pytest.importorskip("ezc3d", reason="ezc3d is not installed")
    write_c3d(tmp_path / "walk.c3d", walk(height_m=height_m))
    parameters = ezc3d.c3d(str(tmp_path / "walk.c3d"))["parameters"]
    assert ("PROCESSING" in parameters) == (height_m is not None)
    if height_m is not None:
        assert parameters["PROCESSING"]["HEIGHT"]["value"].tolist() == [1800]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x02\x50" + bytes(600),
        made_by_hand()[:1100],
        made_by_hand()[:700],
        made_by_hand(units="inch"),
        made_by_hand(up="up"),
        made_by_hand(frames_in=4),
        made_by_hand().replace(b"LABELS", b"LABELZ"),
        made_by_hand().replace(b"RATE", b"RATS"),
        b"\x00" + made_by_hand()[1:],
        b"\xff" + made_by_hand()[1:],
    ],
)
def test_broken_files_are_told(tmp_path, content):
    with pytest.raises(FormatError) as fault:
        read(tmp_path, content)
    assert "\n" not in str(fault.value)


class TestWithEzc3d:
    """The library is an extra."""

    @pytest.fixture(autouse=True)
    def ezc3d(self):
        return pytest.importorskip("ezc3d")

    def test_read_back_by_the_library(self, tmp_path, ezc3d):
        made = with_holes()
        write_c3d(tmp_path / "x.c3d", made)
        file = ezc3d.c3d(str(tmp_path / "x.c3d"))
        point = file["parameters"]["POINT"]
        assert point["LABELS"]["value"][:4] == ["Hip", "RHip", "RKnee", "RAnkle"]
        assert point["DESCRIPTIONS"]["value"][2] == "right_knee"
        assert (point["UNITS"]["value"], point["X_SCREEN"]["value"], point["Y_SCREEN"]["value"]) == (
            ["mm"],
            ["+X"],
            ["+Z"],
        )
        assert point["RATE"]["value"][0] == pytest.approx(29.97)
        points_mm = file["data"]["points"][:3].transpose(2, 1, 0)
        residuals = file["data"]["meta_points"]["residuals"][0].T
        assert ((residuals == -1) == ~made.known).all()
        assert np.abs(points_mm - 1000 * made.placed)[made.valid].max() < 0.001

    def test_files_by_the_library_are_read(self, tmp_path, ezc3d):
        file = ezc3d.c3d()
        values = np.random.default_rng(0).normal(size=(4, 300, 5)) * 1000
        file["parameters"]["POINT"]["RATE"]["value"] = [250.0]
        file["parameters"]["POINT"]["LABELS"]["value"] = [f"m{i}" for i in range(300)]  # more than one LABELS holds
        file["parameters"]["ANALOG"]["RATE"]["value"] = [500.0]
        file["parameters"]["ANALOG"]["LABELS"]["value"] = ["force"]
        file["data"]["points"] = values
        file["data"]["analogs"] = np.ones((1, 1, 10))
        file.write(str(tmp_path / "x.c3d"))
        markers = read_c3d_markers(tmp_path / "x.c3d")
        assert (len(markers.names), markers.names[-1], markers.rate_hz) == (300, "m299", 250)
        np.testing.assert_allclose(markers.points, values[:3].transpose(2, 1, 0) / 1000, atol=1e-6)

    def test_nothing_is_left_beside_it(self, tmp_path):
        write_c3d(tmp_path / "x.c3d", walk(2))
        assert [path.name for path in tmp_path.iterdir()] == ["x.c3d"]
        assert len(read_c3d(tmp_path / "x.c3d")) == 2

    def test_more_frames_than_it_counts(self, tmp_path):
        long = motion(np.zeros((65536, 17, 3), np.float32), 30)
        with pytest.raises(NotRepresentable, match="at most 65535 frames, this has 65536"):
            write_c3d(tmp_path / "x.c3d", long)

    def test_as_many_frames_as_it_counts(self, tmp_path, ezc3d):
        write_c3d(tmp_path / "x.c3d", motion(np.ones((65535, 17, 3), np.float32), 30))
        assert len(read_c3d(tmp_path / "x.c3d")) == 65535
        assert ezc3d.c3d(str(tmp_path / "x.c3d"))["data"]["points"].shape[2] == 65535

    def test_a_part_from_ten_seconds_on(self, tmp_path, ezc3d):
        part = walk(5, fps=30, times_s=10 + np.arange(5) / 30)
        write_c3d(tmp_path / "x.c3d", part)
        header = ezc3d.c3d(str(tmp_path / "x.c3d"))["header"]["points"]
        assert (header["first_frame"], header["last_frame"]) == (300, 304)  # from 0
        assert read_c3d(tmp_path / "x.c3d").times_s == pytest.approx(part.times_s)

    def test_the_wall_clock_is_no_frame_number(self, tmp_path):
        write_c3d(tmp_path / "x.c3d", walk(5, times_s=1.7e9 + np.arange(5) / 29.97))
        assert read_c3d(tmp_path / "x.c3d").times_s[0] == 0

    @pytest.mark.skipif(sys.platform == "win32", reason="names are Unicode there")
    def test_a_name_that_is_not_utf_8(self, tmp_path):
        path = tmp_path / os.fsdecode(b"caf\xe9.c3d")
        write_c3d(path, walk(2))
        assert len(read_c3d(path)) == 2
        assert list(tmp_path.iterdir()) == [path]

    @pytest.mark.skipif(sys.platform == "win32", reason="without limits of file sizes")
    def test_a_disk_that_is_full_is_told(self, tmp_path):
        """The library says nothing of it."""
        code = f"""
import resource, signal
from pathlib import Path
from types import ModuleType
from support.example_motions import walk
from realtime.errors import RecordError
from realtime.formats.c3d.motion import write_c3d
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000))
try:
    write_c3d(Path({str(tmp_path / "x.c3d")!r}), walk(100))
except RecordError as fault:
    print(fault)
"""
        assert "cannot write" in run_python(code).stdout
        assert not list(tmp_path.iterdir())


def test_without_the_library(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "ezc3d", None)
    with pytest.raises(MissingLibrary, match=r"writing C3D needs ezc3d.*'\.\[c3d\]'"):
        write_c3d(tmp_path / "x.c3d", walk(2))
    assert not list(tmp_path.iterdir())


def test_an_empty_folder_of_that_name_is_not_the_library(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "ezc3d", ModuleType("ezc3d"))
    with pytest.raises(MissingLibrary, match=r"writing C3D needs ezc3d, which fails here.*'\.\[c3d\]'"):
        write_c3d(tmp_path / "x.c3d", walk(2))
    assert not list(tmp_path.iterdir())
