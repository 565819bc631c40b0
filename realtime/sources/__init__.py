"""Where frames come from: one module per outside world, loaded on demand.

Each module has `open_source(request) -> Source`.  Log lines go to "realtime.sources".
"""

from __future__ import annotations

from importlib import import_module

from ..stages import Source
from .request import Request, kind_of, note_without_effect

__all__ = ["MODULES", "Request", "kind_of", "note_without_effect", "open_source"]

MODULES = {
    "auto": "auto",
    "camera": "cameras.webcam",
    "url": "url",
    "video": "video",
    "images": "images",
    "demo": "demo",
}


def open_source(request: Request) -> Source:
    """Open what the request names; the caller closes it.

    Returns once the first frame is there.  Raises SourceError (CameraNotFound where there
    is no such camera), MissingLibrary or UsageError, each in one line.  A setting that the
    source does not look at is logged.
    """
    kind = kind_of(request.where)
    note_without_effect(request, kind)
    module = import_module(f".{MODULES[kind]}", __name__)
    source: Source = module.open_source(request)
    return source
