import numpy as np
import pytest
from support.example_estimates import status_message
from support.standing import standing as standing_as
from support.viewer_scenes import Picture, message, nobody, standing

from realtime.skeleton import FIT3D25, H36M17, RUNNER20
from realtime.viewer.live_view import TRAVEL_M, LiveView, Travel
from realtime.wire.message import Window

ADDRESS = "tcp://127.0.0.1:5556"


def after(*messages, age_s=0.0, status=None, silent_s=0.0, lag_ms=40.0):
    """The view some time after messages that came 0.1 s apart."""
    feed = LiveView(ADDRESS)
    for i, each in enumerate(messages):
        feed.receive(each, 10 + i / 10, each.t_unix_ns + int(lag_ms * 1e6))
    return feed.view(10 + (len(messages) - 1) / 10 + age_s, status, silent_s)


def test_before_the_first_message_it_waits():
    assert LiveView(ADDRESS).view(0.0).headline == f"waiting for publisher at {ADDRESS}"


def test_a_publisher_without_a_pose_yet():
    view = LiveView(ADDRESS).view(0.0, None, silent_s=0.1)
    assert view.headline == "waiting for the first pose"
    view = LiveView(ADDRESS).view(0.0, status_message(reason="reconnecting"), silent_s=0.1)
    assert view.headline == "camera reconnecting"


def test_a_pose_stands_on_the_floor_with_rate_and_latency():
    view = after(*(message(i) for i in range(11)))
    np.testing.assert_allclose(view.joints, standing() + (0, 0, 0.96), atol=1e-5)
    assert (view.headline, view.dim) == ("", False)
    assert view.details == "10 fps   40 ms"


@pytest.mark.parametrize("lag_ms", [-500.0, 7_200_000.0])
def test_a_clock_that_is_not_ours_shows_no_latency(lag_ms):
    assert "ms" not in after(message(), lag_ms=lag_ms).details


def test_of_one_message_there_is_no_rate():
    assert after(message()).details == "40 ms"


@pytest.mark.parametrize(
    ("reason", "headline"),
    [
        ("no_person", "no person"),
        ("stale_camera", "camera stalled"),
        ("reconnecting", "camera reconnecting"),
        ("not_finite", "not finite"),
        ("stage_stalled", "publisher stalled"),
        ("stage_failed", "publisher failing"),
    ],
)
def test_nobody_and_why(reason, headline):
    view = after(message(), nobody(reason))
    assert (view.joints, view.headline) == (None, headline)


def test_notes_of_a_usable_pose():
    assert after(message(reason="warming_up", window=Window(12, 27))).details.endswith("window warming up 12/27")
    assert after(message(reason="bridged")).details.endswith("person temporarily lost")


def test_delay_and_height_are_beside_the_latency():
    assert after(message(delay_frames=3, height_m=1.8)).details == "40 ms   3 frames late   height 1.80 m"


def test_silence_is_first_stale_then_waiting():
    assert after(message(), age_s=0.7).headline == ""
    stale = after(message(), age_s=1.2)
    assert (stale.headline, stale.dim) == ("stale (1.2 s)", True)
    assert stale.joints is not None
    gone = after(message(), age_s=6.0, silent_s=6.0)
    assert (gone.joints, gone.headline) == (None, f"waiting for publisher at {ADDRESS}")


def test_a_living_publisher_says_why_no_pose_comes():
    view = after(message(), age_s=2.0, status=status_message(reason="stale_camera"), silent_s=0.3)
    assert view.headline == "camera stalled"


def test_it_wakes_up_after_silence():
    feed = LiveView(ADDRESS)
    feed.receive(message(1), 0.0, 0)
    assert feed.view(9.0).joints is None
    feed.receive(message(2, session="new"), 9.0, 0)
    assert feed.view(9.0).joints is not None


def test_numbers_change_at_most_twice_a_second():
    feed = LiveView(ADDRESS)
    seen = set()
    for i in range(30):
        each = message(i)
        feed.receive(each, i / 30, each.t_unix_ns + i * 1_000_000)
        seen.add(feed.view(i / 30).details)
    assert len(seen) <= 3


def test_another_skeleton_is_drawn_where_it_has_the_joints_by_name():
    joints = np.zeros((25, 3), np.float32)
    joints[:17] = standing()
    shown = after(message(skeleton=FIT3D25.name, joints=joints)).joints
    np.testing.assert_allclose(shown, standing() + (0, 0, 0.96), atol=1e-5)
    view = after(message(skeleton="body-99", joints=joints))
    assert (view.joints, view.headline) == (None, "cannot draw this pose of skeleton 'body-99'")
    assert after(message(skeleton=H36M17.name, joints=joints)).joints is None


def runner(**changes):
    """A runner who stands: the trochanters at 0.03 m, the heels at -0.87 m."""
    pose = standing_as(RUNNER20).astype(np.float32)
    return message(skeleton=RUNNER20.name, joints=pose, score=np.ones(20, np.float32), **changes)


def test_a_runner_is_drawn_with_the_feet_that_are_answered():
    view = after(runner())
    assert view.joints.shape == (17, 3)
    assert view.own_feet
    # Heels and toes are drawn 5 cm thick and lie on the floor, 0.87 - 0.025 m below the pelvis' height.
    np.testing.assert_allclose(view.feet[0], [[-0.1, -0.05, 0.025], [-0.1, 0.15, 0.025]], atol=1e-5)
    np.testing.assert_allclose(view.joints[H36M17.index("right_knee")], [0.1, 0, 0.495], atol=1e-5)
    stale = after(runner(), age_s=1.2)
    assert (stale.dim, stale.own_feet) == (True, True)


def test_a_runner_in_a_room_keeps_its_feet():
    view = after(runner(place="room"))
    np.testing.assert_allclose(view.feet[1], [[0.1, -0.05, -0.87], [0.1, 0.15, -0.87]], atol=1e-5)


def test_joints_without_feet_have_drawn_ones():
    assert not after(message()).own_feet
    assert after(message()).feet.shape == (2, 2, 3)


def test_travel_starts_where_the_person_is_first_seen_and_moves_on_at_the_edge():
    travel = Travel()
    np.testing.assert_allclose(travel(np.array([1, 4, 1]), 0.0), [0, 0])
    for i in range(1, 200):
        place = travel(np.array([1 + i / 100, 4, 1]), i / 30)
        assert np.abs(place).max() <= TRAVEL_M
    assert 0.2 < place[0] < 0.6  # about 2 m, of which 1.5 m are a new beginning


def test_travel_moves_the_person_over_the_floor():
    feed = LiveView(ADDRESS, travel=True)
    for i in range(60):
        root_m = np.array([i / 100, 3, 1], np.float32)
        feed.receive(message(i, root_m=root_m, t_capture_ns=i * 33_000_000), i / 30, 0)
    pelvis = feed.view(59 / 30).joints[0]
    assert 0.4 < pelvis[0] < 0.6
    assert abs(pelvis[1]) < 1e-6


@pytest.mark.parametrize("far_m", [3e38, 1e20, 1e3])
def test_absurd_numbers_of_a_well_formed_message_do_no_harm(far_m):
    far = np.full(3, far_m, np.float32)
    picture, feed = Picture(), LiveView(ADDRESS, travel=True)
    changes = [
        {"joints": standing(left_wrist=far)},
        {"joints": standing() * np.float32(far_m)},
        {"root_m": far},
        {"keypoints_px": np.full((33, 2), far_m, np.float32), "keypoints_skeleton": "blazepose-33"},
        {},
    ]
    for i, change in enumerate(changes):
        feed.receive(message(i, t_capture_ns=i * 33_000_000, **change), i / 30, 0)
        picture.of(feed.view(i / 30))
        assert feed.has_pose == ("joints" not in change)


def test_who_is_in_a_room_walks_over_its_ground_and_leaves_it_in_a_jump():
    feed = LiveView(ADDRESS)
    seen = []
    for i in range(90):
        joints = standing() + np.float32([0.5 + i / 30, 3.8, 0.96 + (0.3 if i == 60 else 0)])
        feed.receive(message(i, joints=joints, place="room", t_capture_ns=i * 33_000_000), i / 30, 0)
        seen.append(feed.view(i / 30).joints)
    pelvis = np.array(seen)[:, 0]
    assert np.abs(pelvis[:, :2]).max() <= 0.8
    # The ground goes along in squares of half a metre, so that its lines stay where they are.
    squares = (pelvis[:, 0] - (0.5 + np.arange(90) / 30)) / 0.5
    assert squares == pytest.approx(np.round(squares), abs=1e-4)
    assert len(np.unique(np.round(squares))) > 2
    assert pelvis[60, 2] == pytest.approx(1.26)
