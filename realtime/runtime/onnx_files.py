"""ONNX files whose arrays are in other files ("external data") are refused.

The other files would be named by the model: any path, which nobody asked for, and content that
no model card's SHA-256 covers.  The file is a protocol buffer (onnx.proto), read here only as far
as arrays can be, so that neither `onnx` nor ONNX Runtime has to open it first.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import WeightsError

# Message → the fields of onnx.proto that lead to arrays, and the kind of message there.
_WAYS = {
    "model": {7: "graph", 20: "training", 25: "function"},
    "training": {1: "graph", 2: "graph"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "function": {7: "node", 11: "attribute"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
    "tensor": {},
}
_EXTERNAL_DATA, _DATA_LOCATION = 13, 14  # fields of a tensor: where its data are, and whether in another file
_VARINT, _LENGTH = 0, 2  # wire types of protocol buffers
_FIXED_BYTES = {1: 8, 5: 4}
_LONGEST_VARINT = 10
_ORT = b"ORTM"
_32_BITS = 0xFFFFFFFF

Field = tuple[int, int, int, memoryview]  # number, wire type, value of a number, content


def refuse_external_data(data: bytes, what: str) -> None:
    """Raise WeightsError if arrays of an ONNX file are in other files, ValueError if it cannot be
    told because this is no ONNX file.  `what` names the file."""
    if data[4:8] == _ORT:  # ONNX Runtime opens it, too, by a reader of its own
        raise ValueError("it is in ONNX Runtime's own format")
    if _has_external_data(memoryview(data)):
        raise WeightsError(
            f"{what} has its arrays in other files, which are not read; save it as one file: "
            "onnx.save(onnx.load(FILE), NEW_FILE)"
        )


def _has_external_data(data: memoryview) -> bool:
    waiting = [("model", data)]
    while waiting:
        kind, message = waiting.pop()
        for number, wire, value, content in _fields(message):
            if kind == "tensor" and (number == _EXTERNAL_DATA or (number == _DATA_LOCATION and value)):
                return True
            if wire == _LENGTH and number in _WAYS[kind]:
                waiting.append((_WAYS[kind][number], content))
    return False


def _fields(message: memoryview) -> Iterator[Field]:
    """The fields of a message (ValueError if it is none)."""
    at, nothing = 0, message[:0]
    while at < len(message):
        key, at = _varint(message, at)
        number, wire, value, content = (key & _32_BITS) >> 3, key & 7, 0, nothing
        if wire == _VARINT:
            value, at = _varint(message, at)
        elif wire == _LENGTH:
            length, at = _varint(message, at)
            content, at = message[at : at + length], at + length
        elif wire in _FIXED_BYTES:
            at += _FIXED_BYTES[wire]
        else:
            raise ValueError("it is no protocol buffer")
        if at > len(message) or not number:
            raise ValueError("it is no protocol buffer, or is truncated")
        yield number, wire, value, content


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    """A number of 7 bits a byte, and where it ends."""
    value = 0
    for i, byte in enumerate(message[at : at + _LONGEST_VARINT]):
        value |= (byte & 0x7F) << 7 * i
        if byte < 0x80:
            return value, at + i + 1
    raise ValueError("it is no protocol buffer, or is truncated")
