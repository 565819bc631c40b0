"""Encoding and validation of message fields: text, counts, numbers, arrays, records.

Message classes (message.py) annotate their fields with the types at the end of this file;
`record` turns such a class into one `Kind` that writes and reads it as a JSON object.
Every kind validates in both directions and raises ValueError naming the field.

Kinds write JSON text themselves: formatting an array at once with `%` takes less than half the time
of the standard library's encoder, which looks for the shortest form of each number.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import cache
from itertools import chain
from json.encoder import encode_basestring_ascii
from typing import Annotated, Any, NamedTuple, get_type_hints

import numpy as np

from ..pose import Array

MAX_TEXT = 300
ADDED_LATER = {"added_later": True}  # metadata of a field that older publishers do not send: it has its default then
_MAX_NUMBER = 1e15  # still exact to a thousandth or so
_MAX_COUNT = 2**63 - 1  # fits a signed 64-bit integer
_MAX_FLOAT32 = float(np.finfo(np.float32).max)
_NUMBERS = {int, float}


class Kind(NamedTuple):
    """Encoder of a field to JSON text, and decoder from a JSON value; both raise ValueError for an invalid one."""

    write: Callable[[Any], str]
    read: Callable[[Any], Any]


def _checked(check: Callable[[Any], Any], as_json: Callable[[Any], str]) -> Kind:
    """A kind whose values are the same in Python and in JSON."""
    return Kind(lambda value: as_json(check(value)), check)


def _text(value: Any) -> str:
    # Control characters would reach the reader's terminal.
    if not isinstance(value, str) or len(value) > MAX_TEXT or not value.isprintable():
        raise ValueError(f"must be printable text of at most {MAX_TEXT} characters")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError("must be true or false")
    return value


def _index(value: Any, lowest: int = 0) -> int:
    if type(value) is not int or not lowest <= value <= _MAX_COUNT:
        raise ValueError(f"must be an integer from {lowest} to 2^63 - 1")
    return value


def _number(decimals: int) -> Kind:
    def check(value: Any) -> float:
        if type(value) not in (int, float) or not abs(value) < _MAX_NUMBER:  # also refuses nan
            raise ValueError("must be a finite number")
        return round(float(value), decimals)

    return _checked(check, repr)


def _array(columns: int | None, decimals: int) -> Kind:
    """Arrays (J,) if `columns` is None, else (J, columns)."""
    tail = () if columns is None else (columns,)
    wanted = f"must hold {'J numbers' if columns is None else f'J rows of {columns} numbers'}, all finite"
    number = f"%.{decimals}f"
    row = number if columns is None else f"[{','.join([number] * columns)}]"
    nought = number % 0

    @cache
    def rows(count: int) -> str:
        return f"[{','.join([row] * count)}]"

    def write(value: Any) -> str:
        array = np.asarray(value)
        if array.shape[1:] != tail or not np.isfinite(array).all():
            raise ValueError(wanted)
        return (rows(len(array)) % tuple(array.ravel().tolist())).replace(f"-{nought}", nought)

    def read(value: Any) -> Array:
        if not isinstance(value, list):
            raise TypeError(wanted)
        # Before NumPy makes an array of them: of texts it would make one in which each takes as much as the longest.
        if not set(map(type, value if columns is None else chain.from_iterable(value))) <= _NUMBERS:
            raise ValueError(wanted)
        array = np.array(value, np.float64) if value else np.empty((0, *tail))
        if array.shape[1:] != tail or (value and not np.abs(array).max() <= _MAX_FLOAT32):
            raise ValueError(wanted)
        return array.astype(np.float32)

    return Kind(write, read)


def _vector(length: int, decimals: int) -> Kind:
    """Arrays (length,), or None."""
    rows = _array(None, decimals)

    def check(array: Any) -> Any:
        if len(array) != length:
            raise ValueError(f"must hold {length} numbers")
        return array

    return optional(Kind(lambda array: rows.write(check(array)), lambda value: check(rows.read(value))))


def _tuple(item: Kind, length: int | None = None) -> Kind:
    def items(value: Any) -> Any:
        if not isinstance(value, list | tuple) or length not in (None, len(value)):
            raise ValueError("must be a list" + (f" of {length}" if length else ""))
        return value

    return Kind(
        lambda value: f"[{','.join(map(item.write, items(value)))}]",
        lambda value: tuple(map(item.read, items(value))),
    )


def several(kind: Kind) -> Kind:
    """Tuples of this kind, of any length."""
    return _tuple(kind)


def _by_name(decimals: int) -> Kind:
    """Numbers by their names, as a JSON object; NaN is null."""
    number, name = optional(_number(decimals)), _checked(_text, encode_basestring_ascii)

    def write(value: Any) -> str:
        known = ((key, None if math.isnan(x) else x) for key, x in value.items())
        return f"{{{','.join(f'{name.write(key)}:{number.write(x)}' for key, x in known)}}}"

    def read(value: Any) -> dict[str, float]:
        if not isinstance(value, dict):
            raise TypeError("must be an object")
        found = ((name.read(key), number.read(x)) for key, x in value.items())
        return {key: math.nan if x is None else x for key, x in found}

    return Kind(write, read)


def optional(kind: Kind) -> Kind:
    """The same kind, or None."""
    return Kind(
        lambda value: "null" if value is None else kind.write(value),
        lambda value: None if value is None else kind.read(value),
    )


def record(cls: type) -> Kind:
    """JSON objects for a dataclass whose fields are annotated with kinds."""
    hints = get_type_hints(cls, include_extras=True)
    kinds: dict[str, Kind] = {field.name: hints[field.name].__metadata__[0] for field in fields(cls)}
    added = {field.name for field in fields(cls) if field.metadata == ADDED_LATER}

    def write(record: Any) -> str:
        written = []
        for name, kind in kinds.items():
            try:
                written.append(f'"{name}":{kind.write(getattr(record, name))}')
            except _INVALID as fault:
                raise ValueError(f"{name}: {fault}") from fault
        return f"{{{','.join(written)}}}"

    def read(value: Any) -> Any:
        if not isinstance(value, dict):
            raise TypeError("must be an object")
        missing = [name for name in kinds if name not in value]
        if needed := [name for name in missing if name not in added]:
            raise ValueError(f"has no field {needed[0]!r}")
        values = {}
        for name, kind in kinds.items():
            if name in missing:
                continue
            try:
                values[name] = kind.read(value[name])
            except _INVALID as fault:
                raise ValueError(f"{name}: {fault}") from fault
        return cls(**values)

    return Kind(write, read)


_INVALID = (ValueError, TypeError, AttributeError, OverflowError)


Text = Annotated[str, _checked(_text, encode_basestring_ascii)]
Flag = Annotated[bool, _checked(_flag, lambda value: "true" if value else "false")]
Count = Annotated[int, _checked(_index, str)]
Stamp = Annotated[int, _checked(lambda value: _index(value, -_MAX_COUNT), str)]
Milliseconds = Annotated[float, _number(3)]
Degrees = Annotated[float, _number(2)]
Rate = Annotated[float, _number(2)]
Height = Annotated[float | None, optional(_number(3))]
Metres = Annotated[Array, _array(3, 4)]  # 0.1 mm, far below the error of any network
Scores = Annotated[Array, _array(None, 3)]
Pixels = Annotated[Array, _array(2, 2)]
Place = Annotated[Array | None, _vector(3, 4)]
SizeWH = Annotated[tuple[int, int], _tuple(_checked(_index, str), 2)]
Names = Annotated[tuple[str, ...], _tuple(_checked(_text, encode_basestring_ascii))]
Indices = Annotated[tuple[int, ...], _tuple(_checked(lambda value: _index(value, -1), str))]
MaybeNumber = Annotated[float | None, optional(_number(4))]
MaybeFlag = Annotated[bool | None, optional(_checked(_flag, lambda value: "true" if value else "false"))]
Angles = Annotated[Mapping[str, float], _by_name(2)]  # degrees by the angle's name, NaN where it is not known
Person = Annotated[int | None, optional(_checked(_index, str))]
