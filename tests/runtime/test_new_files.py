"""Files that appear whole, and never in the place of another."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from realtime.errors import RecordError
from realtime.runtime.new_files import check_folder, check_outputs, give_name, new_files, replacing, write_text


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_all_appear_at_the_end(tmp_path):
    with new_files(tmp_path / "deep" / "a", tmp_path / "b") as (a, b):
        a.write_text("1")
        b.write_text("2")
        assert not {"a", "b"} & {*names(tmp_path), *names(tmp_path / "deep")}
    assert (names(tmp_path), names(tmp_path / "deep")) == (["b", "deep"], ["a"])


def written(path, then):
    """Half of a file is written, then something happens."""
    with new_files(path) as (part,):
        part.write_text("half")
        then()


def raiser(fault):
    def fail():
        raise fault

    return fail


def test_nothing_is_left_of_a_failure(tmp_path):
    with pytest.raises(ZeroDivisionError):
        written(tmp_path / "a", raiser(ZeroDivisionError()))
    assert names(tmp_path) == []


def test_a_disk_that_fills_up_is_told(tmp_path):
    with pytest.raises(RecordError, match="No space left"):
        written(tmp_path / "a", raiser(OSError(28, "No space left on device")))
    assert names(tmp_path) == []


def test_who_was_quicker_keeps_the_file(tmp_path):
    with pytest.raises(RecordError, match="already"):
        written(tmp_path / "a", lambda: (tmp_path / "a").write_text("theirs"))
    assert (tmp_path / "a").read_text() == "theirs"
    assert names(tmp_path) == ["a"]


def test_links_to_nowhere_are_files_too(tmp_path):
    (tmp_path / "a").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(RecordError, match="already"):
        write_text(tmp_path / "a", "x")
    assert not (tmp_path / "elsewhere").exists()


def test_text_with_bytes_that_are_none(tmp_path):
    write_text(tmp_path / "a", "name \udcff, größer\r\n")
    assert (tmp_path / "a").read_bytes() == "name ?, größer\r\n".encode()


@pytest.mark.parametrize("write", [new_files, replacing])
def test_files_of_others_beside_it_are_left_alone(tmp_path, write):
    theirs = ["a.npy.part", "a.part.npy", ".a.npy"]  # a browser's unfinished download, for one
    for name in theirs:
        (tmp_path / name).write_text("theirs")
    with write(tmp_path / "a.npy") as (part,):
        assert part.suffix == ".npy"
        part.write_text("ours")
    assert names(tmp_path) == sorted([*theirs, "a.npy"])
    assert {(tmp_path / name).read_text() for name in theirs} == {"theirs"}


def test_two_that_write_the_same_file_do_not_mix(tmp_path):
    with replacing(tmp_path / "a") as (first,):
        first.write_text("first")
        with new_files(tmp_path / "a") as (second,):
            second.write_text("second")
        assert first.read_text() == "first"
        assert (tmp_path / "a").read_text() == "second"
    assert (tmp_path / "a").read_text() == "first"
    assert names(tmp_path) == ["a"]


def both_while_one_is_taken(folder):
    with new_files(folder / "a", folder / "b") as parts:
        for part in parts:
            part.write_text("ours")
        (folder / "b").write_text("theirs")


def test_of_two_files_none_appears_where_one_is_taken(tmp_path):
    with pytest.raises(RecordError, match="b exists already"):
        both_while_one_is_taken(tmp_path)
    assert names(tmp_path) == ["b"]
    assert (tmp_path / "b").read_text() == "theirs"


@pytest.mark.parametrize("links", [True, False])
def test_a_name_is_given_once(tmp_path, monkeypatch, links):
    def no_links(*_):
        raise PermissionError(1, "Operation not permitted")  # what Linux says on FAT

    if not links:
        monkeypatch.setattr(os, "link", no_links)
    for name in ("one", "two"):
        (tmp_path / name).write_text(name)
    give_name(tmp_path / "one", tmp_path / "a")
    with pytest.raises(RecordError, match="already"):
        give_name(tmp_path / "two", tmp_path / "a")
    assert names(tmp_path) == ["a", "two"]
    assert (tmp_path / "a").read_text() == "one"


def test_outputs_are_checked_before_they_are_made(tmp_path):
    (tmp_path / "file").write_text("theirs")
    (tmp_path / "folder").mkdir()
    before = names(tmp_path)
    for path, why in (
        ("file", "exists already"),
        ("folder", "it is a folder"),
        ("file/a", "cannot write .*/file/a"),
        ("file/deep/a", "cannot write .*/file/deep/a"),
    ):
        with pytest.raises(RecordError, match=why):
            check_outputs([tmp_path / "new", tmp_path / path])
    with pytest.raises(RecordError, match="two files"):
        check_outputs([tmp_path / "new", tmp_path / "new"])
    check_outputs([tmp_path / "new", tmp_path / "not" / "yet" / "new"])
    check_outputs([tmp_path / "file"], force=True)
    assert names(tmp_path) == before


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_folder_without_permission(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(RecordError, match="Permission denied"):
        check_outputs([tmp_path / "deep" / "a"])


def test_a_folder_that_cannot_be_made():
    if Path("/proc/self").is_dir():  # the system's own: not even root makes a file in it
        with pytest.raises(OSError, match="/proc"):
            check_folder(Path("/proc/deep/folder"))
