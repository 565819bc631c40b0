"""The webcam if there is one, otherwise the bundled clip, so that a first run works anywhere."""

from __future__ import annotations

import logging
from dataclasses import replace

from ..errors import MissingLibrary, SourceError
from ..stages import Source
from . import demo
from .cameras import webcam
from .request import Request, note_without_effect

log = logging.getLogger("realtime.sources")


def open_source(request: Request) -> Source:
    """Camera 0 if it delivers a frame, otherwise the demo; the reason is logged."""
    try:
        return webcam.open_source(replace(request, where="0"))
    except SourceError as fault:
        log.warning("no webcam, playing the bundled clip (--source 0 requires the webcam): %s", fault)
    except MissingLibrary as fault:
        log.warning("webcams are not available, playing the bundled clip: %s", fault)
    request = replace(request, where="demo")
    note_without_effect(request, "demo")
    return demo.open_source(request)
