"""Files that appear whole, and never in the place of another."""

from __future__ import annotations

import pytest

from realtime.errors import RecordError
from realtime.runtime.new_files import new_files, write_text


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_all_appear_at_the_end(tmp_path):
    with new_files(tmp_path / "deep" / "a", tmp_path / "b") as (a, b):
        a.write_text("1")
        b.write_text("2")
        assert (names(tmp_path), names(tmp_path / "deep")) == (["b.part", "deep"], ["a.part"])
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
