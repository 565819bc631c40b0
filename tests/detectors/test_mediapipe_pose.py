"""MediaPipe's BlazePose; tests/detectors/blazepose/test_parity.py compares it with ours."""

from contextlib import closing

import numpy as np
import pytest
from support.demo_clip import demo_frames, demo_limbs, frame_of
from support.mediapipe_warnings import IGNORED
from support.processes import run_python

from realtime.detectors import open_detector
from realtime.skeleton import BLAZEPOSE33, LIMB_JOINTS

pytestmark = IGNORED


@pytest.mark.parametrize("smooth", [False, True])
def test_limb_joints_are_where_the_truth_is(smooth):
    pytest.importorskip("mediapipe", reason="MediaPipe is not installed here")
    order = BLAZEPOSE33.indices(LIMB_JOINTS)
    black = np.zeros((480, 854, 3), np.uint8)
    with closing(open_detector("mediapipe", smooth=smooth)) as detect:
        assert detect(frame_of(black)) == []
        for frame in demo_frames(10):
            (person,) = detect(frame)
            truth = demo_limbs()[frame.index]
            error_px = np.linalg.norm(person.keypoints.xy[order] - truth, axis=1)
            assert np.median(error_px) < 0.05 * np.ptp(truth[:, 1])
        assert detect(frame_of(black, 10)) == []


def test_a_missing_library_is_told_in_one_line(tmp_path):
    """A folder in front of the path with a mediapipe that does not load, as without libGL."""
    (tmp_path / "mediapipe.py").write_text("raise ImportError('libGL.so.1: cannot open shared object file')")
    code = "from realtime.detectors import open_detector\nfrom realtime.errors import MissingLibrary\n"
    code += "try: open_detector('mediapipe')\nexcept MissingLibrary as e: print(e)"
    done = run_python(code, tmp_path)
    assert "libGL.so.1" in done.stdout
    assert "mediapipe==0.10.21" in done.stdout
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""
