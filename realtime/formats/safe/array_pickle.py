"""A restricted unpickler for arrays: it never executes code from the pickle.

NumPy stores object arrays as pickles, for example in VideoPose3D's keypoint files; so does
Detectron2's model zoo.  A pickle is a program that can call any function.  Here the few names
that such files need map to inert placeholders, every other name is rejected, and this module
builds the arrays itself from validated bytes.
"""

from __future__ import annotations

import io
import math
import pickle
import re
import struct
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import FormatError
from ...runtime.text import reason

_DTYPES = frozenset(("f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1", "O8", "O"))
_TEXTS = re.compile(r"U\d{1,4}")  # texts of at most so many characters
# Sets take 200 bytes each, and no array contains one.
_REFUSED_OPCODES = frozenset((*pickle.EMPTY_SET, *pickle.FROZENSET))
_MAX_OPCODES = 8_000_000
_MAX_DEPTH = 8  # of nested containers; VideoPose3D's files have five


def load_arrays(data: bytes, what: str, most_opcodes: int = _MAX_OPCODES) -> Any:
    """The lists, dictionaries, numbers, strings and arrays in a pickle.

    `what` names the file in error messages.  Raises FormatError if the pickle is damaged,
    contains anything else, or has more opcodes, each of which may build an object.
    """
    try:
        loaded = _ArrayUnpickler(data, most_opcodes).load()
        return _plain(loaded, _MAX_DEPTH, {})
    except pickle.UnpicklingError as error:
        raise FormatError(f"{what} is not a plain data file: {reason(error)}; none of it was executed") from error
    except Exception as error:
        # A damaged pickle can raise any exception, see the documentation of the pickle module.
        raise FormatError(f"{what} is damaged ({reason(error)}); create or download it again") from error


class _Array:
    """Placeholder of an array; shape, type and data arrive through `__setstate__`."""

    __slots__ = ("value",)

    def __setstate__(self, state: tuple[int, tuple[int, ...], _Dtype, bool, Any]) -> None:
        _version, shape, dtype, fortran, data = state
        self.fill(shape, dtype, data, "F" if fortran else "C")

    def fill(self, shape: tuple[int, ...], dtype: _Dtype, data: Any, order: Any) -> None:
        """Set `value` from items in the order "C" or "F"."""
        if any(type(n) is not int or n < 0 for n in shape):
            raise pickle.UnpicklingError(f"it contains an array of shape {shape!r:.40}")
        items = data if dtype.is_object else _from_bytes(dtype, data)
        if math.prod(shape) != len(items):
            raise pickle.UnpicklingError(f"it contains an array of shape {shape} with {len(items)} items")
        flat = items if isinstance(items, np.ndarray) else _object_array(items)
        self.value = flat.reshape(shape, order=order)


class _Dtype:
    """Placeholder of an element type, one of `_DTYPES` or a text; the byte order arrives through `__setstate__`."""

    __slots__ = ("is_object", "type")

    def __init__(self, code: str, *_flags: object) -> None:
        if code not in _DTYPES and not _TEXTS.fullmatch(code):
            raise pickle.UnpicklingError(f"it contains elements of type {code!r:.40}")
        self.type = np.dtype(code[:1] if code.startswith("O") else code)
        self.is_object = code.startswith("O")

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        if state[1] not in ("<", ">", "|", "="):
            raise pickle.UnpicklingError(f"it contains elements of byte order {state[1]!r:.40}")
        if not self.is_object:
            self.type = self.type.newbyteorder(state[1])


def _from_bytes(dtype: _Dtype, data: bytes | str) -> NDArray[Any]:
    # Python 2 pickles store bytes as text with the same code points.
    return np.frombuffer(data.encode("latin1") if isinstance(data, str) else data, dtype.type)


def _from_buffer(data: bytes, dtype: _Dtype, shape: tuple[int, ...], order: str, axes: None = None) -> _Array:
    """What NumPy calls for an array in protocol 5."""
    if dtype.is_object or order not in ("C", "F") or axes is not None:
        raise pickle.UnpicklingError("it contains an array in an unknown form")
    array = _Array()
    array.fill(shape, dtype, data, order)
    return array


def _object_array(items: list[Any]) -> NDArray[Any]:
    array = np.empty(len(items), object)
    for i, item in enumerate(items):  # np.array(items) would stack arrays of equal shape
        array[i] = item
    return array


def _encode(text: str, encoding: str) -> bytes:
    if encoding not in ("latin1", "latin-1"):
        raise pickle.UnpicklingError(f"it contains text encoded as {encoding!r:.40}")
    return text.encode("latin1")


class _Name:
    """Replacement for a global name in a pickle.  Immutable, because a pickle can set
    attributes on the objects it receives."""

    __slots__ = ("_build",)
    _build: Callable[..., Any]

    def __init__(self, build: Callable[..., Any]) -> None:
        object.__setattr__(self, "_build", build)

    def __call__(self, *arguments: Any) -> Any:
        return self._build(*arguments)

    def __setattr__(self, name: str, value: Any) -> None:
        raise pickle.UnpicklingError(f"it sets the attribute {name!r:.40}")


_NAMES = {
    ("numpy", "ndarray"): _Name(lambda *_: _Array()),
    ("numpy", "dtype"): _Name(_Dtype),
    ("_codecs", "encode"): _Name(_encode),
    **{(builtins, "bytes"): _Name(lambda: b"") for builtins in ("builtins", "__builtin__")},
    **{(f"numpy.{core}.numeric", "_frombuffer"): _Name(_from_buffer) for core in ("core", "_core")},
    **{
        (f"numpy.{core}.multiarray", name): _Name(build)
        for core in ("core", "_core")
        for name, build in (
            ("_reconstruct", lambda *_: _Array()),
            ("scalar", lambda dtype, data: _from_bytes(dtype, data)[0].item()),
        )
    },
}


# The pure Python unpickler: in the C implementation a four-byte memo index can allocate 32 GB.
class _ArrayUnpickler(pickle._Unpickler):  # noqa: SLF001 - its only name
    def __init__(self, data: bytes, most_opcodes: int) -> None:
        super().__init__(io.BytesIO(data), encoding="latin1")
        dispatch = self.dispatch | {pickle.BYTEARRAY8[0]: _load_bytearray}
        self.dispatch = _CountedDispatch(dispatch, most_opcodes)  # type: ignore[misc]  # the class's until now

    def find_class(self, module: str, name: str) -> Any:
        try:
            return _NAMES[module, name]
        except KeyError:
            raise pickle.UnpicklingError(f"it refers to {module}.{name}"[:100]) from None


def _load_bytearray(unpickler: Any) -> None:
    """Python's own takes as much memory as the pickle claims, before it looks whether there are so many bytes."""
    (size,) = struct.unpack("<Q", unpickler.read(8))
    unpickler.append(bytearray(unpickler.read(size)))


class _CountedDispatch(dict[int, Any]):
    """The unpickler's table of opcodes, which raises UnpicklingError when it was used too often."""

    def __init__(self, dispatch: dict[int, Any], most: int) -> None:
        super().__init__((code, build) for code, build in dispatch.items() if code not in _REFUSED_OPCODES)
        self._most, self._left = most, most

    def __getitem__(self, code: int) -> Any:
        self._left -= 1
        if self._left < 0:
            raise pickle.UnpicklingError(f"it has more than {self._most} opcodes")
        return super().__getitem__(code)


def _plain(value: Any, depth: int, done: dict[int, Any]) -> Any:
    """`value` with placeholders replaced by arrays.  Objects in `done` are not traversed again:
    nested shared lists could otherwise expand to an exponential number of items."""
    if id(value) in done:
        return done[id(value)]
    if depth == 0:
        raise pickle.UnpicklingError(f"its containers are nested more than {_MAX_DEPTH} deep")
    if isinstance(value, _Name | _Dtype):
        raise pickle.UnpicklingError("it contains an object that is not data")
    plain = value
    if isinstance(value, _Array):
        plain = value.value
    if isinstance(plain, np.ndarray) and plain.dtype == object:
        items = [_plain(item, depth - 1, done) for item in plain.ravel()]
        plain = _object_array(items).reshape(plain.shape)
    elif isinstance(value, list | tuple):
        plain = type(value)(_plain(item, depth - 1, done) for item in value)
    elif isinstance(value, dict):
        plain = {key: _plain(item, depth - 1, done) for key, item in value.items()}
    done[id(value)] = plain
    return plain
