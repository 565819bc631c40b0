from __future__ import annotations

import numpy as np
import pytest
from support.poses import frame_at

from realtime.offline.pictures import as_shown, without_picture
from realtime.pose import Pose2D
from realtime.render.panels import Panels
from realtime.skeleton import COCO17

SIZES = [(1920, 1080), (1080, 1920), (3840, 2160), (854, 480), (640, 480), (320, 240), (4000, 900)]


def noise(size_wh):
    return frame_at(3, image=np.random.default_rng(0).integers(0, 255, (size_wh[1], size_wh[0], 3), np.uint8))


@pytest.mark.parametrize("size_wh", SIZES, ids=lambda size: "x".join(map(str, size)))
def test_a_smaller_copy_makes_the_same_film(size_wh):
    frame = noise(size_wh)
    kept = as_shown(frame)
    assert kept.size_wh == frame.size_wh == size_wh
    assert kept.image.nbytes <= 3 * 1280 * 720
    assert (kept.index, kept.t_capture_ns) == (frame.index, frame.t_capture_ns)
    panels = Panels(size_wh)
    xy = np.random.default_rng(1).uniform(0, size_wh, (17, 2)).astype(np.float32)
    keypoints = Pose2D.seen_in(kept, COCO17, xy, np.ones(17, np.float32))
    film = []
    for image in (frame.image, kept.image):
        panels._paste(image, keypoints)
        film.append(panels._film[panels.layout.input.pixels].copy())
    assert np.array_equal(*film)


def test_a_picture_that_is_not_wanted_takes_no_memory_and_keeps_its_size():
    frame = noise((640, 480))
    kept = without_picture(frame)
    assert kept.size_wh == (640, 480)
    assert not any(kept.image.strides)
    assert frame.image.any()
