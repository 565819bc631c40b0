"""What damaged files make parsers raise, as errors of this project: one list for all readers."""

from __future__ import annotations

import csv
import pickle
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tokenize import TokenError

import numpy as np

from ...errors import FormatError, PoseError
from ...runtime.text import reason

# The standard library and NumPy have no common base for their faults.  ValueError includes those of JSON, TOML and
# Unicode, SyntaxError those of XML, LookupError keys and places that are missing.
DAMAGE = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    NotImplementedError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    TokenError,
    csv.Error,
    pickle.UnpicklingError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)


@contextmanager
def parsing(what: Path | str, is_not: str, error: type[PoseError] = FormatError, advice: str = "") -> Iterator[None]:
    """Within the block, a fault of parsing becomes an error of this project: "`what` `is_not` (why)`advice`".

    Numbers that overflow are infinite, without a warning: who reads them checks that they are finite."""
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about what is damaged, or was written by Python 2
            yield
    except DAMAGE as fault:
        raise error(f"{what} {is_not} ({reason(fault)}){advice}") from fault
