"""Previews (topic `preview`) whose content is known."""

import io

import numpy as np
from PIL import Image as Pillow

from realtime.wire.preview import PreviewMessage

RED, BLUE = (220, 30, 30), (30, 30, 220)


def halves(width, height):
    """(H, W, 3) RGB: red on the left, blue on the right."""
    picture = np.empty((height, width, 3), np.uint8)
    picture[:, : width // 2], picture[:, width // 2 :] = RED, BLUE
    return picture


def jpeg_of(picture, **options):
    file = io.BytesIO()
    Pillow.fromarray(picture).save(file, "JPEG", quality=90, **options)
    return file.getvalue()


def preview_message(**changes):
    fields = {
        "session": "5eed",
        "source": "demo",
        "frame": 41,
        "t_capture_ns": 1_000,
        "image_wh": (64, 48),
        "keypoints_px": np.array([[16.125, 24], [48, 12]], np.float32),
        "keypoints_score": np.array([1, 0.25], np.float32),
        "keypoints_skeleton": "two",
        "person": 0,
        "valid": True,
        "reason": "ok",
        "jpeg": jpeg_of(halves(64, 48)),
    }
    return PreviewMessage(**{**fields, **changes})
