from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.viewer_scenes import standing

from realtime.camera import camera_to_published
from realtime.skeleton import BLAZEPOSE33, COCO17, H36M17, LIMB_JOINTS
from realtime.viewer.figure.feet import Feet, feet_at_rest
from realtime.viewer.figure.seen_feet import Keypoints, SeenFeet, seen_directions
from realtime.viewer.figure.vectors import unit

ROOT_M = np.array([0.3, 3.0, -0.4])
FOCAL_PX, SIZE_WH, CENTRE_PX = 600.0, (640, 480), (320, 240)


def direction(azimuth_deg, pitch_deg=0.0):
    """0 points to the camera, 90 to its right; a positive pitch up."""
    azimuth, pitch = np.radians([azimuth_deg, pitch_deg])
    return np.array([np.sin(azimuth) * np.cos(pitch), -np.cos(azimuth) * np.cos(pitch), np.sin(pitch)])


def photographed(joints, forward, camera_pitch_deg=0.0, **changes):
    """Keypoints of a pinhole camera that sees the joints, and heels and toes along `forward`."""
    rest = feet_at_rest(joints)
    feet = Feet(rest.ankles, np.asarray(forward), rest.down)
    offsets = np.stack([feet.ankles + 0.2 * feet.down, feet.ankles + 0.2 * feet.down + 0.2 * feet.forward], 1)
    places = {name: joints[H36M17.index(name)] for name in LIMB_JOINTS}
    for i, side in enumerate(("left", "right")):
        places[f"{side}_heel"], places[f"{side}_toe"] = offsets[i]
    points = np.array([places.get(name, np.zeros(3)) for name in BLAZEPOSE33.joints]) + ROOT_M
    x, y, z = (points @ camera_to_published(camera_pitch_deg)).T
    xy = np.stack([x / z, y / z], 1) * FOCAL_PX + CENTRE_PX
    return Keypoints(
        **{"xy": xy, "skeleton": BLAZEPOSE33, "trust": np.ones(2), "size_wh": SIZE_WH, "root_m": ROOT_M, **changes}
    )


def degrees_apart(a, b):
    return np.degrees(np.arccos(np.clip((unit(a) * unit(b)).sum(-1), -1, 1)))


def seen(forward, joints=None, **changes):
    joints = standing().astype(float) if joints is None else joints
    return seen_directions(joints, feet_at_rest(joints), photographed(joints, forward, **changes))


@pytest.mark.parametrize("camera_pitch_deg", [0, 20])
@pytest.mark.parametrize("azimuth_deg", [-60, -40, -15, 0, 30, 60])
def test_feet_point_where_the_picture_shows_them(azimuth_deg, camera_pitch_deg):
    """Neither the focal length nor the camera's pitch are told."""
    forward = np.stack([direction(azimuth_deg), direction(-azimuth_deg, -20)])
    assert degrees_apart(seen(forward, camera_pitch_deg=camera_pitch_deg), forward).max() < 8


def test_seen_from_the_side_their_pitch_is_that_of_the_picture():
    side = standing().astype(float)[:, [1, 0, 2]] * (-1, 1, 1)  # facing the camera's right
    assert feet_at_rest(side).forward[0] == pytest.approx([1, 0, 0], abs=0.05)
    forward = np.stack([direction(90, -35), direction(90, 20)])
    assert degrees_apart(seen(forward, side), forward).max() < 15


@pytest.mark.parametrize(
    "changes",
    [
        {"trust": np.full(2, 0.2)},
        {"skeleton": COCO17, "xy": np.zeros((17, 2))},
        {"xy": np.full((33, 2), np.nan)},
        {"xy": np.full((33, 2), 7.0)},
        {"root_m": np.full(3, np.inf)},
        {"root_m": None},
        {"root_m": -ROOT_M},
        {"size_wh": (0, 0), "xy": np.zeros((33, 2))},
    ],
)
def test_without_good_keypoints_they_are_at_rest(changes):
    joints = standing().astype(float)
    with np.errstate(all="ignore"):
        forward = seen([direction(50), direction(50)], **changes)
    np.testing.assert_allclose(forward, feet_at_rest(joints).forward, atol=1e-6)


def test_feet_seen_backwards_are_not_believed():
    side = standing().astype(float)[:, [1, 0, 2]] * (-1, 1, 1)
    forward = seen([direction(-90), direction(-80)], side)
    assert degrees_apart(forward, feet_at_rest(side).forward).max() < 1


@given(st.floats(-180, 180), st.floats(-80, 80), st.floats(0, 360))
def test_a_pixel_more_never_flips_a_foot(azimuth_deg, pitch_deg, where_deg):
    joints = standing().astype(float)
    keypoints = photographed(joints, [direction(azimuth_deg, pitch_deg)] * 2)
    moved = keypoints.xy.copy()
    moved[BLAZEPOSE33.index("left_toe")] += np.cos(np.radians(where_deg)), np.sin(np.radians(where_deg))
    rest = feet_at_rest(joints)
    before = seen_directions(joints, rest, keypoints)
    after = seen_directions(joints, rest, replace(keypoints, xy=moved))
    assert degrees_apart(before, after).max() < 15


def test_jitter_of_the_keypoints_is_smoothed(rng):
    joints = standing().astype(float) + (0, 0, 0.96)
    keypoints = photographed(joints, [direction(20), direction(-20)])
    feet, shown, raw = SeenFeet(), [], []
    for i in range(60):
        noisy = Keypoints(
            keypoints.xy + rng.normal(0, 1.5, keypoints.xy.shape), BLAZEPOSE33, np.ones(2), SIZE_WH, ROOT_M
        )
        shown.append(feet(joints, noisy, i / 30))
        raw.append(SeenFeet()(joints, noisy, 0.0))
    assert np.diff(shown, axis=0)[10:].std() < 0.5 * np.diff(raw, axis=0)[10:].std()


anything = st.one_of(st.floats(width=32), st.sampled_from([0.0, 1.0, -1.0]))


@given(st.lists(anything, min_size=51, max_size=51), st.lists(anything, min_size=66, max_size=66), st.booleans())
def test_nothing_makes_it_raise(joints, xy, placed):
    keypoints = Keypoints(
        np.reshape(xy, (33, 2)), BLAZEPOSE33, np.array([1.0, np.nan]), SIZE_WH, np.array(xy[:3]) if placed else None
    )
    SeenFeet()(np.reshape(joints, (17, 3)), keypoints, 0.0)
