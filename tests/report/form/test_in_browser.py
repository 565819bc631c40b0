"""The page in a browser: it fits a phone, shows its pictures, and the browser has nothing to complain of."""

from __future__ import annotations

import json

import numpy as np
import pytest
from support.browsers import BROWSER, measured
from support.form_results import squats
from support.poses import pose_2d

from realtime.report.form.drawings import Effort
from realtime.report.form.moments import moments
from realtime.report.form.page import form_page
from realtime.report.form.pictures import Picture
from realtime.report.photographs import photograph
from realtime.report.recording import Recording

WIDTHS = 360, 768, 1280


@pytest.mark.skipif(BROWSER is None, reason="there is no Chromium on this machine")
def test_the_page_fits_every_screen(tmp_path):
    image, times_s = np.full((480, 640, 3), 128, np.uint8), np.arange(600) / 30
    result, keypoints = squats(5), pose_2d(np.random.default_rng(1).uniform(100, 300, (17, 2)), size_wh=(640, 480))
    shown = [Picture(m, photograph(image, keypoints, "somebody")) for m in moments(result, times_s)]
    name = f"{'a very long name ' * 4}{'x' * 200}.mp4"
    recording = Recording(name, "27 November 2026", 600, 30.0, 20.0, "lifted from pictures", "symmetric-81", 1.8)
    page = tmp_path / "page.html"
    effort = Effort(times_s, np.sin(times_s), "deg")
    page.write_text(form_page(result, recording, shown, "realtime-pose3d", effort, name), "utf-8")
    found, complaints = measured(page, WIDTHS, tmp_path)
    assert complaints == []
    for width, content, pictures, visible, text_px in json.loads(found):
        assert content <= width
        assert pictures == visible == 16
        assert text_px >= 9  # can be read
