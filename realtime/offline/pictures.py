"""Frames that wait for their future, with no more of the picture than is shown of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..pose import Frame
from ..render.layout import Layout
from ..runtime import optional


def without_picture(frame: Frame) -> Frame:
    """The frame with a black image of the same size that takes no memory."""
    return replace(frame, image=np.broadcast_to(np.uint8(0), frame.image.shape))


def as_shown(frame: Frame) -> Frame:
    """The frame with its picture as large as a film shows it: 1 MB where 4K has 25."""
    box = Layout(frame.size_wh).input.fit(frame.size_wh)
    if box.width >= frame.size_wh[0]:
        return frame
    cv2 = optional.opencv("a film")
    picture = cv2.resize(np.ascontiguousarray(frame.image), (box.width, box.height), interpolation=cv2.INTER_AREA)
    return replace(frame, image=picture, full_wh=frame.size_wh)
