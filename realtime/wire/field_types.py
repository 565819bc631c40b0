"""Encoding and validation of message fields: text, counts, numbers, arrays, records.

Message classes (message.py) annotate their fields with the types at the end of this file;
`record` turns such a class into one `Kind` that writes and reads it as a JSON object.
Every kind validates in both directions and raises ValueError naming the field.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Annotated, Any, NamedTuple, get_type_hints

import numpy as np

from ..pose import Array

MAX_TEXT = 300
ADDED_LATER = {"added_later": True}  # metadata of a field that older publishers do not send: it has its default then
_MAX_NUMBER = 1e15  # still exact to a thousandth or so
_MAX_COUNT = 2**63 - 1  # fits a signed 64-bit integer


class Kind(NamedTuple):
    """Encoder and decoder of a field; both raise ValueError for an invalid value."""

    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


def both(check: Callable[[Any], Any]) -> Kind:
    """A kind whose values are the same in Python and in JSON."""
    return Kind(check, check)


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

    return both(check)


def _array(columns: int | None, decimals: int) -> Kind:
    """Arrays (J,) if `columns` is None, else (J, columns)."""
    tail = () if columns is None else (columns,)
    shape = "J numbers" if columns is None else f"J rows of {columns} numbers"

    def check(array: Any) -> Any:
        if array.shape[1:] != tail or not np.isfinite(array).all():
            raise ValueError(f"must hold {shape}, all finite")
        return array

    def write(array: Array) -> Any:
        # Rounding makes a pose three times shorter, and short decimals are faster to format.
        # + 0.0 turns -0.0 into 0.0.
        return (np.round(check(np.asarray(array)).astype(np.float64), decimals) + 0.0).tolist()

    def read(value: Any) -> Array:
        rows = np.array(value) if isinstance(value, list) and value else np.empty((0, *tail))
        if rows.dtype.kind not in "if" or (not len(rows) and value != []):
            raise ValueError(f"must hold {shape}")
        with np.errstate(over="ignore"):
            array: Array = check(rows.astype(np.float32))
        return array

    return Kind(write, read)


def _vector(length: int, decimals: int) -> Kind:
    """Arrays (length,), or None."""
    rows = _array(None, decimals)

    def check(array: Any) -> Any:
        if len(array) != length:
            raise ValueError(f"must hold {length} numbers")
        return array

    return Kind(
        lambda array: None if array is None else check(rows.write(array)),
        lambda value: None if value is None else check(rows.read(value)),
    )


def _tuple(item: Callable[[Any], Any], length: int | None = None) -> Kind:
    def check(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list | tuple) or length not in (None, len(value)):
            raise ValueError("must be a list" + (f" of {length}" if length else ""))
        return tuple(item(v) for v in value)

    return both(check)


def optional(kind: Kind) -> Kind:
    """The same kind, or None."""
    return Kind(
        lambda value: None if value is None else kind.write(value),
        lambda value: None if value is None else kind.read(value),
    )


def record(cls: type) -> Kind:
    """JSON objects for a dataclass whose fields are annotated with kinds."""
    hints = get_type_hints(cls, include_extras=True)
    kinds = {field.name: hints[field.name].__metadata__[0] for field in fields(cls)}
    added = {field.name for field in fields(cls) if field.metadata == ADDED_LATER}

    def write(record: Any) -> dict[str, Any]:
        return {name: _convert_field(name, kind.write, getattr(record, name)) for name, kind in kinds.items()}

    def read(value: Any) -> Any:
        if not isinstance(value, dict):
            raise TypeError("must be an object")
        missing = [name for name in kinds if name not in value]
        if needed := [name for name in missing if name not in added]:
            raise ValueError(f"has no field {needed[0]!r}")
        sent = {name: kind for name, kind in kinds.items() if name in value}
        return cls(**{name: _convert_field(name, kind.read, value[name]) for name, kind in sent.items()})

    return Kind(write, read)


def _convert_field(name: str, convert: Callable[[Any], Any], value: Any) -> Any:
    """`convert(value)`; a ValueError names the field."""
    try:
        return convert(value)
    except (ValueError, TypeError, AttributeError, OverflowError) as fault:
        raise ValueError(f"{name}: {fault}") from fault


Text = Annotated[str, both(_text)]
Flag = Annotated[bool, both(_flag)]
Count = Annotated[int, both(_index)]
Stamp = Annotated[int, both(lambda value: _index(value, -_MAX_COUNT))]
Milliseconds = Annotated[float, _number(3)]
Degrees = Annotated[float, _number(2)]
Rate = Annotated[float, _number(2)]
Metres = Annotated[Array, _array(3, 4)]  # 0.1 mm, far below the error of any network
Scores = Annotated[Array, _array(None, 3)]
Pixels = Annotated[Array, _array(2, 2)]
Place = Annotated[Array | None, _vector(3, 4)]
SizeWH = Annotated[tuple[int, int], _tuple(_index, 2)]
Names = Annotated[tuple[str, ...], _tuple(_text)]
Indices = Annotated[tuple[int, ...], _tuple(lambda value: _index(value, -1))]


Person = Annotated[int | None, optional(both(_index))]
