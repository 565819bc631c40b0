"""A hostile .npz is refused at once: no code in it runs, and it takes neither time nor memory.

The pickles that ask for code, an archive that decompresses to 1 GB, and headers that claim a billion rows.
"""

from __future__ import annotations

import zipfile

import pytest
from support.hostile_pickles import GADGETS
from support.keypoint_files import npy, object_npy, refused, walker, write_videopose3d_video, zipped

from realtime.errors import FormatError
from realtime.formats.keypoints_npz import read_keypoints

F4 = "{{'descr': '<f4', 'fortran_order': False, 'shape': {}, }}"
SMALL = npy(F4.format("()"), bytes(4))
OTHERS = ("format", "score", "size_wh", "fps", "skeleton")
MOST_S, MOST_MB = 1.0, 200


@pytest.mark.parametrize("gadget", GADGETS.values(), ids=GADGETS)
@pytest.mark.parametrize("member", ["keypoints", "metadata"])
def test_gadgets_in_a_keypoint_file(gadget, member, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = with_gadget(tmp_path, member, gadget)
    with pytest.raises(FormatError) as fault:
        read_keypoints(path)
    assert "\n" not in str(fault.value)
    assert not (tmp_path / "marker").exists()


def with_gadget(folder, member, gadget):
    """A good file of VideoPose3D but for one array, whose pickle is the gadget."""
    write_videopose3d_video(folder / "good.npz", [[walker(1)[0]]], [[0.9]])
    with zipfile.ZipFile(folder / "good.npz") as archive:
        members = {name.removesuffix(".npy"): archive.read(name) for name in archive.namelist()}
    members[member] = object_npy(gadget, "(1, 2)" if member == "keypoints" else "()")
    return zipped(folder / "bad.npz", **members)


def bomb(folder):
    """1 GB of zeros in 1 MB."""
    with zipfile.ZipFile(folder / "bomb.npz", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open("xy.npy", "w", force_zip64=True) as member:
            member.write(npy(F4.format("(7813000, 17, 2)")))
            for _ in range(1000):
                member.write(bytes(1 << 20))
        for name in OTHERS:
            archive.writestr(f"{name}.npy", SMALL)
    return folder / "bomb.npz"


def billion_rows(folder):
    return zipped(
        folder / "rows.npz", xy=npy(F4.format("(1000000000, 17, 2)"), bytes(64)), **dict.fromkeys(OTHERS, SMALL)
    )


def billion_objects(folder):
    data = object_npy(b"\x80\x04]", "(1000000000, 2)")
    return zipped(folder / "objects.npz", keypoints=data, boxes=data, metadata=SMALL)


def claimed_bytes(folder):
    """A pickle of 20 bytes, of protocol 5, that claims an array of 4 GB."""
    data = object_npy(b"\x80\x05\x96\x00\x00\x00\x00\x01\x00\x00\x00.", "()")
    return zipped(folder / "claims.npz", positions_2d=data, metadata=SMALL)


HUGE = {
    "would decompress to 1000 MB": bomb,
    "bytes for float32 of shape": billion_rows,
    "objects.npz (boxes) is": billion_objects,
    "claims.npz (positions_2d) is": claimed_bytes,
}


@pytest.mark.parametrize(("says", "write"), HUGE.items(), ids=[write.__name__ for write in HUGE.values()])
def test_claims_of_hugeness_take_neither_time_nor_memory(tmp_path, figure, says, write):
    """In a process of its own; seconds of computing, so that a busy machine makes no difference."""
    message, grown_mb, took_s = refused(write(tmp_path))
    assert says in message
    assert grown_mb < 20
    assert took_s < MOST_S
    figure(f"{write.__name__}: refused after {1e3 * took_s:.0f} ms, {grown_mb} MB more (limits 1 s, {MOST_MB} MB)")


def test_every_gadget_is_refused_at_once(tmp_path, monkeypatch, figure):
    monkeypatch.chdir(tmp_path)
    slowest_s, most_mb = 0.0, 0
    for gadget in list(GADGETS.values())[:: len(GADGETS) // 3]:
        _, grown_mb, took_s = refused(with_gadget(tmp_path, "metadata", gadget))
        slowest_s, most_mb = max(slowest_s, took_s), max(most_mb, grown_mb)
    assert slowest_s < MOST_S
    assert most_mb < MOST_MB
    figure(f"{len(GADGETS)} gadgets in 2 places: none run; refused after {1e3 * slowest_s:.0f} ms, {most_mb} MB more")
