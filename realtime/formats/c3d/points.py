"""A bounds-checked reader for the points of a C3D file.

It does not use ezc3d, whose C++ parser crashes on damaged files.  The format: C3D user
manual, https://www.c3d.org/HTML/default.htm ("The C3D header record", "The parameter
record", "Notes for programmers", "The C3D frame count").  Analog data and force plates are
ignored.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import FormatError
from ...motion import FPS_LIMITS, Floats, named, to_z_up
from ..markers import Markers
from ..safe.damage import parsing

_BLOCK = 512
_KEY = 0x50  # the second byte of the file and of the parameter section
_MAX_BYTES = 1 << 30
_MAX_PARAMETER_BLOCKS = 255
_UINT16_MAX = 65535  # as a frame count: saturated, the count is stored in another parameter
_METRES = {"mm": 0.001, "cm": 0.01, "m": 1.0}


def _dec_floats(data: bytes) -> NDArray[np.float32]:
    """VAX F floats: two 16-bit words, the high word first, exponent bias two above IEEE's."""
    swapped = np.frombuffer(data, "<u2").reshape(-1, 2)[:, ::-1]
    floats: NDArray[np.float32] = np.ascontiguousarray(swapped).view("<f4").ravel()
    floats /= 4
    return floats


# Processor types: byte order of integers, and the decoder of floats.
_PROCESSORS: dict[int, tuple[str, Callable[[bytes], NDArray[Any]]]] = {
    84: ("<", lambda data: np.frombuffer(data, "<f4")),
    85: ("<", _dec_floats),
    86: (">", lambda data: np.frombuffer(data, ">f4")),
}

Parameters = dict[tuple[str, str], Any]


def read_c3d_markers(path: Path, up: str = "") -> Markers:
    """All points of a file, whatever their labels.

    Frame 1 of the header's count is at 0 s.
    `up` is the vertical axis, by default that of POINT:Y_SCREEN, or z if there is none.
    Points with a negative residual are missing (NaN).  Raises FormatError.
    """
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise FormatError(f"{path} is larger than {_MAX_BYTES >> 20} MB; split the recording")
        data = path.read_bytes()
    except OSError as error:
        raise FormatError(f"{path} cannot be read ({error.strerror or error}); check the path") from error
    if len(data) < 2 * _BLOCK or data[1] != _KEY:
        raise FormatError(f"{path} is not a C3D file")
    with parsing(path, "is damaged or truncated"):
        parameters, processor = _parameters(data)
        labels, points = _labels(parameters), _points(data, parameters, processor)
        scale = _METRES[_word(parameters, "UNITS", "mm")]
        rate_hz = float(parameters["POINT", "RATE"][0])
    if len(labels) < points.shape[1] or not FPS_LIMITS[0] <= rate_hz <= FPS_LIMITS[1]:
        raise FormatError(
            f"{path} is invalid: it has {points.shape[1]} points, {len(labels)} labels, {rate_hz:g} frames per second"
        )
    with named(path):
        points = to_z_up(scale * points, up or _word(parameters, "Y_SCREEN", "+z").removeprefix("+"))
    times_s = (_first_frame(data, processor) - 1 + np.arange(len(points))) / rate_hz
    return Markers(labels[: points.shape[1]], points, times_s, rate_hz)


def _points(data: bytes, parameters: Parameters, processor: int) -> Floats:
    """(T, M, 3) in the file's unit, NaN where missing."""
    order, floats = _PROCESSORS[processor]
    words = np.frombuffer(data[:_BLOCK], f"{order}u2").astype(int)
    count, analogs = int(words[1]), int(words[2])
    scale = float(parameters["POINT", "SCALE"][0])
    width = 4 if scale < 0 else 2
    stored = data[(_first(parameters, "POINT", "DATA_START", words[8]) - 1) * _BLOCK :]
    row = (4 * count + analogs) * width
    frames = _frame_count(parameters, int(words[4] - words[3] + 1), _stored_frames(stored, row))
    if not count or not 1 <= frames <= len(stored) // row:
        raise ValueError(f"{frames} frames of {count} points in {len(stored)} bytes")
    table = stored[: frames * row]
    numbers = floats(table) if scale < 0 else np.frombuffer(table, f"{order}i2")
    points = numbers.reshape(frames, -1)[:, : 4 * count].reshape(frames, count, 4).astype(np.float64)
    lost = (points[..., 3] < 0) | ~np.isfinite(points).all(-1)
    return np.where(lost[..., None], np.nan, (scale if scale > 0 else 1.0) * points[..., :3])


def _frame_count(parameters: Parameters, in_header: int, stored: int) -> int:
    """The number of frames; long files store it in a parameter, because the header has only 16 bits."""
    for name in ("LONG_FRAMES", "FRAMES"):
        count = _first(parameters, "POINT", name, 0)
        if count > 0 and count != _UINT16_MAX:
            return count
    return in_header if 0 < in_header < _UINT16_MAX else stored


def _stored_frames(stored: bytes, row: int) -> int:
    """How many frames there are data for, without the zeros that fill the last block."""
    frames = len(stored) // row
    while frames > _UINT16_MAX and len(stored) - (frames - 1) * row < _BLOCK and not any(stored[(frames - 1) * row :]):
        frames -= 1
    return frames


def _first_frame(data: bytes, processor: int) -> int:
    """The number of the first frame: more than 1 in a part of a recording."""
    order = _PROCESSORS[processor][0]
    return max(1, int(np.frombuffer(data[6:8], f"{order}u2")[0]))


def _first(parameters: Parameters, group: str, name: str, default: int) -> int:
    value = int(parameters.get((group, name), [default])[0])
    return value + _UINT16_MAX + 1 if value < 0 else value  # written as unsigned


def _word(parameters: Parameters, name: str, default: str) -> str:
    values = parameters.get(("POINT", name), ())
    return str(values[0]).lower() if len(values) and str(values[0]) else default


def _labels(parameters: Parameters) -> tuple[str, ...]:
    """POINT:LABELS; from the 256th on they are in LABELS2, LABELS3, …"""
    more = (("POINT", f"LABELS{i}") for i in range(2, 256))
    return tuple(label for key in (("POINT", "LABELS"), *more) for label in parameters.get(key, ()))


def _parameters(data: bytes) -> tuple[Parameters, int]:
    """All parameters by group and name, and the processor type."""
    start = (data[0] - 1) * _BLOCK
    section = data[start : start + _MAX_PARAMETER_BLOCKS * _BLOCK]
    processor = section[3]
    order = _PROCESSORS[processor][0]
    groups: dict[int, str] = {}
    found: list[tuple[int, str, Any]] = []
    at = 4
    while section[at] != 0:
        length, group = (int(n) for n in np.frombuffer(section[at : at + 2], "i1"))
        name_end = at + 2 + abs(length)
        name = section[at + 2 : name_end].decode("latin1").upper()
        step = int(np.frombuffer(section[name_end : name_end + 2], f"{order}i2")[0])
        if group < 0:
            groups[-group] = name
        else:
            found.append((group, name, _value(section[name_end + 2 :], processor)))
        if step <= 0:
            break
        at = name_end + step
    return {(groups[group], name): value for group, name, value in found if group in groups}, processor


def _value(record: bytes, processor: int) -> Any:
    """The value of a parameter: a list of strings or a flat array of numbers."""
    kind, rank = np.frombuffer(record[:1], "i1")[0], record[1]
    shape = list(record[2 : 2 + rank])
    order, floats = _PROCESSORS[processor]
    size = abs(int(kind)) * int(np.prod(shape, dtype=int))
    data = record[2 + rank : 2 + rank + size]
    if len(data) != size:
        raise ValueError("a parameter is truncated")
    if kind == -1:
        width = shape[0] if shape else 1
        texts = [data[i : i + width] for i in range(0, size, width)] if width else []
        return ["".join(filter(str.isprintable, text.decode("utf-8", "replace"))).strip() for text in texts]
    if kind == 4:
        return floats(data)
    return np.frombuffer(data, {1: "u1", 2: f"{order}i2"}[int(kind)])
