"""Frame sources: one module per kind, imported on demand.

Each module has `open_source(request) -> Source`.  The logger is "realtime.sources".
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
    """Open the requested source; the caller closes it.

    Returns when the first frame is available.  Raises SourceError (CameraNotFound if there is
    no such camera), MissingLibrary or UsageError.  Settings without effect on this kind of
    source are logged.
    """
    kind = kind_of(request.where)
    note_without_effect(request, kind)
    module = import_module(f".{MODULES[kind]}", __name__)
    source: Source = module.open_source(request)
    return source
