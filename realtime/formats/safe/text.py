"""A reader for untrusted text files: UTF-8, limited in size."""

from __future__ import annotations

from pathlib import Path

from ...errors import FormatError

_MAX_BYTES = 2 << 30  # an hour of 17 joints at 120 fps is 240 MB of text


def read_text_file(path: Path, most_bytes: int = _MAX_BYTES) -> str:
    """The text of a file, without a byte-order mark.  Raises FormatError, in one line, if
    the file does not exist, is not UTF-8 text, or is larger than `most_bytes`."""
    try:
        if path.stat().st_size > most_bytes:
            raise FormatError(f"{path} is larger than {most_bytes >> 20} MB; split the recording")
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FormatError(f"{path} is not UTF-8 text ({error.reason} at byte {error.start})") from error
    except OSError as error:
        raise FormatError(f"{path} cannot be read ({error.strerror or error}); check the path") from error
