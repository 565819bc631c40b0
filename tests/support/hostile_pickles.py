"""Pickles that ask for what must not be run."""

from __future__ import annotations

import struct
from pathlib import Path

MARK = Path("marker")  # what the gadgets would leave behind


def raw(*parts):
    return b"\x80\x03" + b"".join(parts) + b"."


def text(word):
    return b"X" + struct.pack("<I", len(word)) + word.encode()


GADGETS = {
    "os.system": raw(b"cposix\nsystem\n", text("touch marker"), b"\x85R"),
    "subprocess": raw(b"csubprocess\nPopen\n", b"(", text("touch"), text("marker"), b"l\x85R"),
    "eval": raw(b"cbuiltins\neval\n", text("open('marker', 'w')"), b"\x85R"),
    "open": raw(b"cio\nopen\n", text("marker"), text("w"), b"\x86R"),
    "getattr": raw(b"cbuiltins\ngetattr\n", b"cnumpy\nndarray\n", text("tofile"), b"\x86R"),
    "numpy's own eval": raw(b"cnumpy.testing._private.utils\nrunstring\n", text("x"), text("y"), b"\x86R"),
    "dotted name": b"\x80\x04\x8c\x05numpy\x8c\x0ef2py.os.system\x93.",
    "instance opcode": raw(b"(", text("touch marker"), b"iposix\nsystem\n"),
    "extension registry": raw(b"\x82\x01"),
    "persistent id": raw(text("x"), b"Q"),
    "altered name": raw(b"cnumpy\ndtype\n", b"N}", text("__call__"), b"Ns\x86b"),
    "a name as data": raw(b"cnumpy\ndtype\n"),
    "new object": raw(b"cnumpy\nndarray\n", b")\x81"),
}
