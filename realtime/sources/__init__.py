"""Where frames come from: one module per outside world, loaded on demand.

Each module has `open_source(request) -> Source`.  Log lines go to "realtime.sources".
"""

from __future__ import annotations

from importlib import import_module

from ..stages import Source
from .request import Request, kind_of, parse_size

__all__ = ["MODULES", "Request", "kind_of", "open_source", "parse_size"]

MODULES = {
    "auto": "auto",
    "camera": "camera",
    "url": "url",
    "video": "video",
    "images": "images",
    "demo": "demo",
}


def open_source(request: Request) -> Source:
    """Open what the request names; the caller closes it.

    Returns once the first frame is there.  Raises SourceError (CameraNotFound where there
    is no such camera), MissingLibrary or UsageError, each in one line.
    """
    module = import_module(f".{MODULES[kind_of(request.where)]}", __name__)
    source: Source = module.open_source(request)
    return source
