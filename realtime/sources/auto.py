"""The webcam where there is one, else the bundled clip: so that the first run works anywhere."""

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
    """Camera 0 if it gives a frame, else the demo, with a log line that says why."""
    try:
        return webcam.open_source(replace(request, where="0"))
    except SourceError as fault:
        log.warning("no webcam, playing the bundled clip (--source 0 insists): %s", fault)
    except MissingLibrary as fault:
        log.warning("the webcam cannot be tried, playing the bundled clip: %s", fault)
    request = replace(request, where="demo")
    note_without_effect(request, "demo")
    return demo.open_source(request)
