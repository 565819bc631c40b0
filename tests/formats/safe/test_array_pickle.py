"""Pickles are read as data; nothing that one asks for is run."""

import pickle
import pickletools
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from support.hostile_pickles import GADGETS, MARK, raw

from realtime.errors import FormatError
from realtime.formats.safe.array_pickle import load_arrays


class Calls:
    """Pickles as a call of `function` with `arguments`."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


@pytest.mark.parametrize("gadget", GADGETS.values(), ids=GADGETS)
def test_gadgets_are_refused_in_one_line_and_not_run(gadget, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FormatError) as fault:
        load_arrays(gadget, "some.npz")
    assert "\n" not in str(fault.value)
    assert str(fault.value).startswith("some.npz ")
    assert not MARK.exists()


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickled_call_is_refused_in_every_protocol(protocol, tmp_path):
    data = pickle.dumps([1, Calls(Path.touch, tmp_path / "marker")], protocol)
    with pytest.raises(FormatError, match="refers to"):
        load_arrays(data, "x")
    assert not (tmp_path / "marker").exists()


HUGE = {
    "memo index of four bytes": raw(b"Nr\xff\xff\xff\x7f\x85\x85\x85\x85\x85\x85\x85\x85\x85"),
    "text of 4 GB": raw(b"X\xff\xff\xff\xff"),
    "bytes of 2^60": b"\x80\x04\x8e" + struct.pack("<Q", 1 << 60) + b".",
    "frame of 2^60": b"\x80\x04\x95" + struct.pack("<Q", 1 << 60) + b"N",
    "shared lists, 10^30 items": raw(
        b"]q\x00", *(b"](" + b"h" + bytes([i]) + (b"h" + bytes([i])) * 9 + b"eq" + bytes([i + 1]) for i in range(30))
    ),
    "a list that holds itself": raw(b"]q\x00h\x00a"),
    "nested 100000 deep": raw(b"(" * 100_000 + b"t" * 100_000),
    "shape of 10^9": pickle.dumps(np.zeros(3), 3).replace(b"K\x03\x85", b"J\x00\xca\x9a\x3b\x85"),
}


@pytest.mark.parametrize("data", HUGE.values(), ids=HUGE)
def test_claims_of_hugeness_cost_nothing(data):
    """Milliseconds; without the guards each takes minutes or all memory."""
    with pytest.raises(FormatError):
        load_arrays(data, "x")


@given(st.binary(max_size=200))
def test_junk_is_a_format_error(junk):
    for data in (junk, raw(junk), b"\x80\x04" + junk):
        try:
            load_arrays(data, "x")
        except FormatError as error:
            assert "\n" not in str(error)  # noqa: PT017  what matters is that nothing else is raised


@given(st.data())
def test_a_damaged_file_is_a_format_error_or_other_data(data):
    good = bytearray(pickle.dumps({"a": [np.arange(6.0).reshape(2, 3), None, "text"]}, 3))
    at = data.draw(st.integers(0, len(good) - 1))
    good[at] = data.draw(st.integers(0, 255))
    try:
        load_arrays(bytes(good), "x")
    except FormatError as error:
        assert "\n" not in str(error)  # noqa: PT017


NUMBERS = arrays.arrays(
    st.sampled_from([np.dtype(code) for code in ("<f4", ">f4", "<f8", "<f2", "<i8", ">i4", "|u1", "|b1")]),
    arrays.array_shapes(min_dims=0, min_side=0, max_dims=3, max_side=4),
)


@given(NUMBERS, st.integers(0, 5), st.booleans())
def test_arrays_come_back_as_they_were(array, protocol, fortran):
    array = np.asfortranarray(array) if fortran and array.ndim else array
    back = load_arrays(pickle.dumps(array, protocol), "x")
    assert back.dtype == array.dtype
    np.testing.assert_array_equal(back, array)


@given(arrays.arrays("U3", arrays.array_shapes(max_dims=2, max_side=2)), st.integers(0, 4), st.booleans())
def test_arrays_of_texts_come_back_as_they_were(array, protocol, swapped):
    array = array.astype(array.dtype.newbyteorder(">")) if swapped else array
    back = load_arrays(pickle.dumps(array, protocol), "x")
    assert back.dtype == array.dtype
    assert back.tolist() == array.tolist()


def test_arrays_of_protocol_5_are_checked_as_others_are():
    array = pickle.dumps(np.zeros((2, 3)), 5)
    for good, bad in ((b"\x8c\x01C", b"\x8c\x01X"), (b"K\x02K\x03\x86", b"K\x02K\x04\x86")):
        with pytest.raises(FormatError):
            load_arrays(array.replace(good, bad), "x")


def test_texts_without_end_are_refused():
    data = pickle.dumps(np.array(["text"]), 3).replace(b"X\x02\x00\x00\x00U4", b"X\x07\x00\x00\x00U999999")
    with pytest.raises(FormatError, match="elements of type 'U999999'"):
        load_arrays(data, "x")


def test_containers_scalars_and_object_arrays_come_back():
    cells = np.empty((2, 2), object)
    cells[0, 0], cells[0, 1], cells[1, 0], cells[1, 1] = [], np.ones((1, 5)), "text", None
    data = {"cells": cells, "tuple": (1, 2.5, True), "scalar": np.float32(0.5), "bytes": b"\xff\x00"}
    for protocol in range(5):
        back = load_arrays(pickle.dumps(data, protocol), "x")
        assert back["tuple"] == (1, 2.5, True)
        assert (back["scalar"], back["bytes"]) == (0.5, b"\xff\x00")
        assert back["cells"].shape == (2, 2)
        assert (back["cells"][0, 0], back["cells"][1, 0], back["cells"][1, 1]) == ([], "text", None)
        np.testing.assert_array_equal(back["cells"][0, 1], np.ones((1, 5)))


def test_names_of_numpy_1_and_2_are_both_known():
    data = pickle.dumps(np.arange(3), 3)
    named = {arg.split()[0] for op, arg, _ in pickletools.genops(data) if op.name == "GLOBAL"}
    here = next(name for name in named if "multiarray" in name)
    for module in ("numpy.core.multiarray", "numpy._core.multiarray"):
        back = load_arrays(data.replace(f"c{here}\n".encode(), f"c{module}\n".encode()), "x")
        np.testing.assert_array_equal(back, np.arange(3))


def test_bytes_that_python_2_wrote_as_text_are_read():
    state = (
        b"(K\x01K\x02\x85cnumpy\ndtype\nU\x02f4\x85R(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89U\x08"
    )
    body = b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R" + state
    data = b"\x80\x02" + body + np.array([1.5, -2], "<f4").tobytes() + b"tb."
    np.testing.assert_array_equal(load_arrays(data, "x"), np.array([1.5, -2], np.float32))
