"""CURVE keys as files, in the format of `zmq.auth`: made for this user alone, and read only if they are."""

from __future__ import annotations

import os
import shlex
import stat
from pathlib import Path

import zmq
import zmq.auth

from ..errors import PublishError
from ..formats.safe.damage import parsing
from ..runtime.new_files import check_outputs, os_errors_as_record_error
from ..runtime.text import reason

_PUBLIC_NOTE = "# ZeroMQ CURVE public key: give it only to those who may subscribe.\n\nmetadata\n"
_PRIVATE_NOTE = "# ZeroMQ CURVE secret key: it stays with the publisher, and no other user may read it.\n\nmetadata\n"


def create_keys(stem: Path) -> tuple[Path, Path]:
    """Create a key pair, `stem`.key and `stem`.key_secret; the paths of the public and the secret key.

    Raises RecordError if one of them exists or cannot be written.
    """
    public, secret = (stem.with_name(f"{stem.name}.{ending}") for ending in ("key", "key_secret"))
    check_outputs([public, secret], "move it, or give another name; who has the old key could no longer connect")
    public_key, secret_key = (key.decode("ascii") for key in zmq.curve_keypair())
    lines = f'curve\n    public-key = "{public_key}"\n'
    with os_errors_as_record_error(stem):
        stem.parent.mkdir(parents=True, exist_ok=True)
        _write_new(secret, f'{_PRIVATE_NOTE}{lines}    secret-key = "{secret_key}"\n', 0o600)
        _write_new(public, f"{_PUBLIC_NOTE}{lines}", 0o644)
    return public, secret


def read_secret_key(path: Path) -> bytes:
    """The secret key in a file that only this user can read.  Raises PublishError for any other file."""
    try:
        with parsing(path, "is not a CURVE key file", PublishError, "; the command keys makes one"):
            _, secret = zmq.auth.load_certificate(path)
        # On Windows the mode does not show who may read the file.
        readable = os.name == "posix" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    except OSError as fault:
        raise PublishError(f"cannot read the CURVE key file {path}: {reason(fault)}") from fault
    if secret is None:
        raise PublishError(f"{path} contains no secret key: give the file that ends in .key_secret")
    if readable:
        raise PublishError(f"other users can read the secret key {path}: chmod 600 {shlex.quote(str(path))}")
    return secret


def _write_new(path: Path, text: str, mode: int) -> None:
    """The file has its mode from the start: with a later chmod it could be read for a moment."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="ascii") as file:
        file.write(text)
