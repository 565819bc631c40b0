"""The page in a browser: it fits a phone, shows its pictures, and the browser has nothing to complain of."""

from __future__ import annotations

import json

import numpy as np
import pytest
from support.browsers import BROWSER, measured
from support.gait_results import gait
from support.poses import pose_2d

from realtime.report.gait.moments import moments
from realtime.report.gait.page import Picture, gait_page
from realtime.report.photographs import photograph
from realtime.report.recording import Recording

WIDTHS = 360, 768, 1280


@pytest.mark.skipif(BROWSER is None, reason="there is no Chromium on this machine")
def test_the_page_fits_every_screen(tmp_path):
    image = np.full((480, 640, 3), 128, np.uint8)
    result, keypoints = gait(), pose_2d(np.random.default_rng(1).uniform(100, 300, (17, 2)), size_wh=(640, 480))
    shown = [Picture(m, photograph(image, keypoints, "somebody")) for m in moments(result, np.arange(432) / 60)]
    name = f"{'a very long name ' * 4}{'x' * 200}.mp4"
    recording = Recording(name, "27 November 2026", 432, 60.0, 7.2, "lifted from pictures", "symmetric-runner", 1.8)
    page = tmp_path / "page.html"
    page.write_text(gait_page(result, recording, shown, "realtime-pose3d"), "utf-8")
    found, complaints = measured(page, WIDTHS, tmp_path)
    assert complaints == []
    for width, content, pictures, visible, text_px in json.loads(found):
        assert content <= width
        assert pictures == visible == 6
        assert text_px >= 9  # can be read
