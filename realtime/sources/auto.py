"""The webcam if there is one, otherwise the bundled clip, so that a first run works anywhere."""

from __future__ import annotations

import logging
from dataclasses import replace

from ..errors import CameraNotFound, MissingLibrary, SourceError
from ..stages import Source
from . import demo
from .cameras import nodes, webcam
from .request import Request, note_without_effect

log = logging.getLogger("realtime.sources")


def open_source(request: Request) -> Source:
    """The first webcam if it delivers a frame, otherwise the demo; the reason is logged."""
    number = first_webcam()
    try:
        return webcam.open_source(replace(request, where=str(number)))
    except CameraNotFound as fault:
        log.warning("no webcam, playing the bundled clip (--source 0 requires the webcam): %s", fault)
    except SourceError as fault:
        log.warning("playing the bundled clip (--source %d requires the webcam): %s", number, fault)
    except MissingLibrary as fault:
        log.warning("webcams are not available, playing the bundled clip: %s", fault)
    request = replace(request, where="demo")
    note_without_effect(request, "demo")
    return demo.open_source(request)


def first_webcam() -> int:
    """0, or the lowest number of a USB camera if Linux has given the 0 to none.

    Other device files are not taken: on a Raspberry Pi they are the decoders of its chip.
    """
    if nodes.node_of(0).exists():
        return 0
    return min((number for number in nodes.id_links() if nodes.first_node(number) == number), default=0)
