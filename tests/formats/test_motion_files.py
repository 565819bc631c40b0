"""What holds for every format: there and back, holes, names, nothing overwritten, broken files told."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.example_motions import TOUGH_NAME, motions, walk, with_holes

from realtime.errors import FormatError, RecordError, UsageError
from realtime.formats.c3d.motion import read_c3d
from realtime.formats.joints_npy import read_joints
from realtime.formats.motion_csv import read_motion_csv
from realtime.formats.motion_json import read_motion_json
from realtime.formats.motion_npz import read_motion_npz
from realtime.formats.trc import read_trc
from realtime.formats.writers import WRITERS, writers

MM = 0.001
here = settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])


@dataclass(frozen=True)
class Form:
    """A format whose joints can be had back, and what of a motion it keeps."""

    name: str
    read: Callable
    score: bool = False
    root: bool = True
    words: bool = False
    rate: bool = True


FORMS = [
    Form("npy", read_joints, root=False, words=True, rate=False),
    Form("npz", read_motion_npz, score=True, words=True),
    Form("json", read_motion_json, score=True, words=True),
    Form("csv", read_motion_csv, score=True, rate=False),
    Form("trc", read_trc),
    Form("c3d", read_c3d),
]
each_form = pytest.mark.parametrize("form", FORMS, ids=[form.name for form in FORMS])
each_writer = pytest.mark.parametrize("name", WRITERS)


@pytest.fixture(autouse=True)
def needs_ezc3d(request):
    chosen = getattr(request.node, "callspec", None)
    names = [] if chosen is None else [str(getattr(v, "name", v)) for v in chosen.params.values()]
    if "c3d" in names and importlib.util.find_spec("ezc3d") is None:
        pytest.skip("ezc3d is not installed")


def fresh(folder: Path, name: str = "clip") -> Path:
    """A path without ending at which nothing is yet."""
    number = len(list(folder.iterdir()))
    return folder / str(number) / name


def same(back, motion, form):
    np.testing.assert_array_equal(back.valid, motion.valid)
    np.testing.assert_array_equal(back.known, motion.known)
    assert np.nanmax(np.abs(back.joints - motion.joints)) < MM
    np.testing.assert_allclose(back.times_s - back.times_s[0], motion.times_s - motion.times_s[0], atol=1e-5)
    if form.rate:
        assert back.fps == pytest.approx(motion.fps, rel=1e-6)
    if form.score:
        np.testing.assert_allclose(back.score, np.where(motion.known, motion.score, 0), atol=1e-4)
    if form.words:
        assert (back.source, back.model, back.height_m) == (motion.source, motion.model, motion.height_m)


@each_form
@here
@given(motion=motions())
def test_there_and_back(tmp_path, form, motion):
    stem = fresh(tmp_path)
    back = form.read(WRITERS[form.name](stem, motion)[0])
    same(back, motion, form)
    if form.root and np.isfinite(motion.root_m).all():
        assert np.abs(back.root_m - motion.root_m)[motion.valid].max() < MM
    if not np.isfinite(motion.root_m).any():
        assert np.isnan(back.root_m).all()


@each_form
def test_frames_without_a_person_keep_their_row(tmp_path, form):
    motion = with_holes()
    back = form.read(WRITERS[form.name](tmp_path / "clip", motion)[0])
    assert len(back) == len(motion)
    same(back, motion, form)


@each_form
def test_a_joint_that_is_not_known_in_a_frame_that_is(tmp_path, form):
    motion = walk(3)
    motion.joints[1, 16] = np.nan
    back = form.read(WRITERS[form.name](tmp_path / "clip", motion)[0])
    assert back.known.sum() == 3 * 17 - 1
    assert not back.known[1, 16]
    assert back.valid.all()


@each_form
def test_one_frame(tmp_path, form):
    motion = walk(1)
    back = form.read(WRITERS[form.name](tmp_path / "clip", motion)[0])
    assert len(back) == 1
    assert np.abs(back.joints - motion.joints).max() < MM


@each_writer
def test_tough_names_of_files_and_sources(tmp_path, name):
    files = WRITERS[name](tmp_path / "new folder" / TOUGH_NAME, walk())
    assert sorted(files) == sorted((tmp_path / "new folder").iterdir())
    assert all(path.name.startswith(TOUGH_NAME) for path in files)


@each_form
def test_tough_names_are_read_back(tmp_path, form):
    motion = walk()
    same(form.read(WRITERS[form.name](tmp_path / TOUGH_NAME, motion)[0]), motion, form)


@each_writer
def test_nothing_is_overwritten(tmp_path, name):
    stem = tmp_path / "clip"
    for mine in WRITERS[name].files(stem):
        mine.write_text("mine")
        with pytest.raises(RecordError, match="exists already") as fault:
            WRITERS[name](stem, walk())
        assert "\n" not in str(fault.value)
        assert [path.read_text() for path in tmp_path.iterdir()] == ["mine"]
        mine.unlink()


@each_writer
def test_a_place_that_cannot_be_written_is_told(tmp_path, name):
    (tmp_path / "file").write_text("")
    with pytest.raises(RecordError, match="cannot write") as fault:
        WRITERS[name](tmp_path / "file" / "clip", walk())
    assert "\n" not in str(fault.value)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@each_writer
def test_a_motion_without_anybody(tmp_path, name):
    motion = walk(3)
    motion.joints[:] = np.nan
    motion.valid[:] = False
    if name in ("bvh", "bvh-rigid", "mot"):
        with pytest.raises(RecordError, match="there is none"):
            WRITERS[name](tmp_path / "clip", motion)
        assert not list(tmp_path.iterdir())
    else:
        WRITERS[name](tmp_path / "clip", motion)


@each_form
@pytest.mark.parametrize("content", [b"", b"hello", b"\x00\xff" * 600, b'{"a": [', b"P" * 2000, b"PathFileType\t4\n"])
def test_files_of_something_else(tmp_path, form, content):
    path = WRITERS[form.name].files(tmp_path / "clip")[0]
    path.write_bytes(content)
    with pytest.raises(FormatError) as fault:
        form.read(path)
    assert "\n" not in str(fault.value)
    with pytest.raises(FormatError):
        form.read(tmp_path / "missing")


@each_form
@here
@given(data=st.data())
def test_a_file_that_is_cut_off_or_changed_is_told_or_read(tmp_path, form, data):
    if not list(tmp_path.glob("good*")):
        WRITERS[form.name](tmp_path / "good", with_holes())
    good = WRITERS[form.name].files(tmp_path / "good")[0]
    content = bytearray(good.read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    if data.draw(st.booleans()):
        content = content[:place]
    else:
        content[place] ^= 1 << data.draw(st.integers(0, 7))
    bad = WRITERS[form.name].files(tmp_path / "bad")[0]
    bad.write_bytes(content)
    try:
        form.read(bad)
    except FormatError as error:
        assert "\n" not in str(error)  # noqa: PT017 - either way is right


def test_every_format_can_be_had_back_but_for_angles_and_skeletons():
    assert {form.name for form in FORMS} == WRITERS.keys() - {"mot", "angles-json", "bvh", "bvh-rigid"}


def test_files_of_all_formats_have_names_of_their_own():
    files = [path for writer in WRITERS.values() for path in writer.files(Path("clip.v2"))]
    assert len(set(files)) == len(files)
    assert all(path.name.startswith("clip.v2") for path in files)


def test_formats_are_picked_by_name():
    assert writers(["bvh", "npy"]) == [WRITERS["bvh"], WRITERS["npy"]]
    with pytest.raises(UsageError, match=r"no format 'fbx'; there are npy, npz"):
        writers(["npy", "fbx"])
