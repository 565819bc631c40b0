"""Text files that may be gzipped."""

import gzip

import pytest

from realtime.errors import FormatError
from realtime.formats.safe.gz_text import read_text


def test_text_with_and_without_gzip(tmp_path):
    (tmp_path / "a.txt").write_text("größe", "utf-8")
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress("größe".encode()))
    assert read_text(tmp_path / "a.txt") == read_text(tmp_path / "a.txt.gz") == "größe"


def test_a_bomb_is_refused(tmp_path):
    (tmp_path / "a.gz").write_bytes(gzip.compress(bytes(100 << 20)))
    with pytest.raises(FormatError, match=r"a\.gz would decompress to more than 3\d MB"):
        read_text(tmp_path / "a.gz")


@pytest.mark.parametrize("damage", [lambda data: data[:-9], lambda data: data[:12] + b"\xff" + data[13:]])
def test_damage_is_told_in_one_line(damage, tmp_path):
    (tmp_path / "a.gz").write_bytes(damage(gzip.compress(bytes(range(97, 123)) * 40)))
    with pytest.raises(FormatError, match="is it complete"):
        read_text(tmp_path / "a.gz")
