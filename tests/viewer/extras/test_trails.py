import numpy as np
from support.viewer_scenes import standing

from realtime.skeleton import H36M17
from realtime.viewer.extras.trails import JOINTS, SPAN_S, STEPS, History


def moved(x):
    return standing() + (x, 0, 0)


def test_a_steady_walk_leaves_even_steps_up_to_the_joints():
    history = History()
    for i in range(200):
        history.add(moved(i / 100), i / 100)  # 1 m/s
    points = history.points()
    assert points.shape == (4, STEPS + 1, 3)
    np.testing.assert_array_equal(points[:, -1], moved(1.99)[H36M17.indices(JOINTS)])
    np.testing.assert_allclose(np.diff(points[:, :, 0]), SPAN_S / STEPS, atol=0.011)
    np.testing.assert_allclose(points[:, 0, 0], points[:, -1, 0] - SPAN_S, atol=0.011)


def test_before_the_first_pose_the_line_has_no_length():
    history = History()
    history.add(moved(0), 5.0)
    history.add(moved(1), 5.1)
    assert (np.diff(history.points()[:, :-3, 0]) == 0).all()


def test_a_gap_and_a_step_back_start_anew():
    for later in (3.0, -1.0):
        history = History()
        history.add(moved(0), 0.0)
        history.add(moved(1), later)
        np.testing.assert_array_equal(history.points()[:, 0], moved(1)[H36M17.indices(JOINTS)])
