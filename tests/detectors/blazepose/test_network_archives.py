from __future__ import annotations

import io
import random
import tarfile
import zipfile

import pytest
from support.network_packages import IN_NPM, IN_WHEEL, write_tar, write_wheel, write_zip

from realtime.detectors.blazepose import network_archives
from realtime.detectors.blazepose.network_archives import networks_in
from realtime.errors import WeightsError

KIB = 1 << 10


def refusal(path):
    with pytest.raises(WeightsError) as fault:
        networks_in(path)
    assert "\n" not in str(fault.value)
    assert str(path) in str(fault.value)
    return str(fault.value)


def test_all_networks_of_a_wheel(tmp_path):
    assert set(IN_WHEEL.values()) < set(networks_in(write_wheel(tmp_path)))


@pytest.mark.parametrize(("name", "mode"), [("n.tgz", "w:gz"), ("n.tar", "w"), ("download", "w:gz")])
def test_an_npm_package_under_any_name_also_where_a_browser_unpacked_it(tmp_path, name, mode):
    path = write_tar(tmp_path / name, {"package/pose.js": b"x" * 5000, **IN_NPM}, mode)
    assert networks_in(path) == list(IN_NPM.values())


def test_a_tflite_file_is_itself_even_with_a_zip_of_labels_at_its_end(tmp_path):
    labels = write_zip(tmp_path / "labels.zip", {"labels.txt": "nose"}).read_bytes()
    path = tmp_path / "n.TFLITE"
    path.write_bytes(b"network" + labels)
    assert networks_in(path) == [b"network" + labels]


@pytest.mark.parametrize("name", ["../../evil.tflite", "/evil.tflite", "C:\\evil.tflite"])
def test_names_are_no_paths(tmp_path, name):
    folder = tmp_path / "in" / "here"
    folder.mkdir(parents=True)
    for path in (write_zip(folder / "n.zip", {name: b"evil"}), write_tar(folder / "n.tgz", {name: b"evil"})):
        assert networks_in(path) == [b"evil"]
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["here", "in", "n.tgz", "n.zip"]


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE])
def test_links_and_devices_are_left_out(tmp_path, kind):
    with tarfile.open(tmp_path / "n.tgz", "w:gz") as archive:
        member = tarfile.TarInfo("package/n.tflite")
        member.type, member.linkname = kind, "/etc/passwd"
        archive.addfile(member)
    assert networks_in(tmp_path / "n.tgz") == []


def test_a_missing_file_and_a_folder(tmp_path):
    assert "there is no file" in refusal(tmp_path / "n.whl")
    assert "there is no file" in refusal(tmp_path)


@pytest.mark.parametrize("content", [b"", b"<html>not found</html>" * 100, b"PK\x03\x04" + b"\0" * 600, b"\x1f\x8b"])
@pytest.mark.parametrize("name", ["n.whl", "n.tgz", "n.txt"])
def test_what_is_no_archive(tmp_path, content, name):
    path = tmp_path / name
    path.write_bytes(content)
    assert "is damaged, or is no wheel, zip, tgz or tflite file" in refusal(path)


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.95])
def test_a_truncated_archive(tmp_path, kept):
    noise = {"n.tflite": random.Random(1).randbytes(100 * KIB)}
    for path in (write_zip(tmp_path / "n.whl", noise), write_tar(tmp_path / "n.tgz", noise)):
        content = path.read_bytes()
        path.write_bytes(content[: int(kept * len(content))])
        assert "is damaged" in refusal(path)


def test_a_flipped_bit_gives_one_line_or_something_else(tmp_path):
    """Every exception but WeightsError is a bug."""
    rng = random.Random(2)
    noise = {"n.tflite": rng.randbytes(KIB)}
    for path in (write_zip(tmp_path / "n.whl", noise), write_tar(tmp_path / "n.tgz", noise)):
        content = path.read_bytes()
        for _ in range(200):
            damaged = bytearray(content)
            damaged[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
            path.write_bytes(damaged)
            try:
                networks_in(path)
            except WeightsError as fault:
                assert "\n" not in str(fault)  # noqa: PT017 - most of them raise nothing, or this


def test_an_encrypted_zip(tmp_path):
    path = write_zip(tmp_path / "n.zip", {"n.tflite": b"secret"}, zipfile.ZIP_STORED)
    content = bytearray(path.read_bytes())
    content[6] |= 1  # the flag in the file's own header
    content[content.rindex(b"PK\x01\x02") + 8] |= 1  # and in the list of files
    path.write_bytes(content)
    assert "encrypted" in refusal(path)


def test_methods_of_compression_that_wheels_do_not_have_are_left_out(tmp_path):
    assert networks_in(write_zip(tmp_path / "n.zip", {"n.tflite": b"n"}, zipfile.ZIP_LZMA)) == []


def test_a_file_too_large_for_a_network_is_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr(network_archives, "MAX_NETWORK_BYTES", KIB)
    files = {"large.tflite": bytes(KIB + 1), "small.tflite": bytes(KIB)}
    (tmp_path / "large.tflite").write_bytes(bytes(KIB + 1))
    assert networks_in(write_zip(tmp_path / "n.zip", files)) == [bytes(KIB)]
    assert networks_in(write_tar(tmp_path / "n.tgz", files)) == [bytes(KIB)]
    assert networks_in(tmp_path / "large.tflite") == []


def test_an_archive_that_unpacks_to_far_more_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(network_archives, "_MAX_UNPACKED_BYTES", 100 * KIB)
    files = {f"{n}.tflite": bytes(60 * KIB) for n in range(2)}
    assert "far larger" in refusal(write_zip(tmp_path / "n.zip", files))
    assert "far larger" in refusal(write_tar(tmp_path / "n.tgz", files))
    # Neither may the parts that are not files: here a header.
    with tarfile.open(tmp_path / "header.tgz", "w:gz") as archive:
        archive.addfile(tarfile.TarInfo("x" * 200 * KIB), io.BytesIO())
    assert "far larger" in refusal(tmp_path / "header.tgz")


def test_an_archive_with_too_many_files_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(network_archives, "_MAX_MEMBERS", 10)
    files = {f"{n}.txt": b"" for n in range(11)}
    assert "far larger" in refusal(write_zip(tmp_path / "n.zip", files))
    assert "far larger" in refusal(write_tar(tmp_path / "n.tgz", files))


def test_an_archive_that_is_too_large_is_refused_unread(tmp_path):
    with (tmp_path / "n.zip").open("wb") as file:
        file.truncate(1 << 40)  # takes no space on the disk
    assert "far larger" in refusal(tmp_path / "n.zip")
