from __future__ import annotations

import platform
import re

import pytest
from support.broken_libraries import FAULTS, plant
from support.poses import ROOT

from realtime.commands.doctor.decoders import DECODERS, Decoder, check_decoders, in_words, version_of
from realtime.commands.doctor.imports import is_installed
from realtime.errors import CameraNotFound
from realtime.sources.cameras.webcam import resolve
from realtime.sources.request import kind_of
from realtime.sources.url import SCHEMES

PAGE = (ROOT / "docs" / "supply-chain.md").read_text(encoding="utf-8")
ROWS = [row.split(" | ") for row in re.findall(r"^\| (.* \| .* \| .* \| .*) \|$", PAGE, re.MULTILINE)]
TABLE = [row for row in ROWS if row[0] != "decoder"]


def test_the_page_lists_the_decoders_that_the_doctor_knows():
    assert [row[2] for row in TABLE] == [decoder.reads for decoder in DECODERS]
    assert all(row[0].startswith(decoder.name) for row, decoder in zip(TABLE, DECODERS, strict=True))
    assert all(row[3] for row in TABLE)


@pytest.mark.skipif((platform.system(), platform.machine()) != ("Linux", "x86_64"), reason="other wheels")
def test_the_versions_on_the_page_are_those_of_the_locked_releases():
    compared = 0
    for row, decoder in zip(TABLE, DECODERS, strict=True):
        if not is_installed(decoder.library):
            continue
        words = in_words(decoder).replace("+cpu", "")
        assert "not told" not in words
        if f" in {row[1]}:" in words:  # else another release of the library is installed
            compared += 1
            assert words == f"{row[0]} in {row[1]}: {row[2]}"
    assert compared > 10


def test_the_releases_on_the_page_are_locked():
    locked = "".join((ROOT / name).read_text() for name in ("requirements/dev.lock", "constraints.txt"))
    for row in TABLE:
        library, _, version = row[1].partition(" ")
        assert not version or re.search(rf"^{library.replace('_', '-')}=={re.escape(version)}\b", locked, re.MULTILINE)


def test_those_of_a_library_that_cannot_be_imported_are_left_out():
    findings = list(check_decoders({"av"}))
    assert not [finding for finding in findings if " in av " in finding.detail]
    assert [finding for finding in findings if " in pyzmq " in finding.detail]


def test_a_library_that_does_not_tell_its_version(tmp_path, monkeypatch):
    plant(tmp_path, "silent_one", "")
    plant(tmp_path, "odd_one", FAULTS["AttributeError"])
    monkeypatch.syspath_prepend(str(tmp_path))
    for module in ("silent_one", "odd_one"):
        decoder = Decoder("FFmpeg", module, "videos", lambda library: library.version())
        assert version_of(decoder) is None
        assert in_words(decoder) == f"FFmpeg (version not told) in {module}: videos"


@pytest.mark.parametrize("scheme", SCHEMES)
def test_an_address_never_reaches_the_openssl_in_opencv(scheme):
    address = f"{scheme}://192.168.0.7/live"
    assert kind_of(address) == "url"  # read by PyAV
    with pytest.raises(CameraNotFound):
        resolve(address)  # what OpenCV and acapture open
