"""By what a recording is analysed, whoever made it."""

from __future__ import annotations

import pytest
from support.exercising import USUAL, Exerciser

from realtime.analysis.form.options import FormOptions
from realtime.offline.reports.form import _analysed
from realtime.offline.reports.joints import Joints
from realtime.report.recording import Recording

RECORDING = Recording("set", "27 November 2026", 1, 30.0, 1.0, "")
SQUATS = Exerciser("squat", (USUAL["squat"],) * 2).motion(facing_deg=60)


@pytest.mark.parametrize(("measured", "how"), [(True, None), (False, "told")])
def test_the_pitch_of_a_camera_tilts_no_markers_which_it_did_not_see(measured, how):
    """Both may be among the inputs of one call."""
    result = _analysed(Joints(SQUATS, RECORDING, measured=measured), FormOptions("squat", camera_pitch_deg=10.0))
    assert (result.tilt.how if result.tilt else None) == how
