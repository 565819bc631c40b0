"""A frame of the film of a set, read by its pixels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.render_scenes import DARK, grey, rgb

from realtime.render.form_frame import FormFrame, FormFrames

RECENT = np.linspace(0, 1, 120)
FRAME = FormFrame(7, "up", "↓ 1.4 s  ↑ 0.6 s", RECENT, {"left": ("118°", (0.6, 0.5)), "right": ("121°", (0.4, 0.5))})


def drawn(frame=FRAME, size_wh=(640, 480)):
    frames = FormFrames(size_wh)
    frames.fitted(grey(size_wh))
    return frames, frames.complete(frame)


def like(image, colour):
    """Which pixels have a colour, nearly."""
    return np.abs(image[..., :3].astype(int) - rgb(colour)).max(-1) < 20


@pytest.mark.parametrize("size_wh", [(640, 480), (1080, 1920), (3840, 2160), (240, 426), (321, 241), (1919, 1079)])
def test_every_video_has_an_even_film_with_a_band_below_it(size_wh):
    frames, image = drawn(size_wh=size_wh)
    height, width = image.shape[:2]
    assert (width % 2, height % 2) == (0, 0)
    assert frames.picture_wh[0] == width
    assert frames.picture_wh[1] < height < frames.picture_wh[1] + 0.3 * width
    assert max(frames.picture_wh) <= 1280
    assert width / frames.picture_wh[1] == pytest.approx(size_wh[0] / size_wh[1], rel=0.01)
    assert width >= 480 or size_wh[1] * 480 > size_wh[0] * 1280


def test_the_counter_is_large_and_changes_with_the_count():
    frames, image = drawn()
    band = image[frames.picture_wh[1] :]
    rows = np.flatnonzero(like(band, DARK.text)[:, : band.shape[1] // 5].any(1))
    assert np.ptp(rows) > 0.5 * len(band)  # readable on a phone: a twelfth of the width
    counter = slice(None), slice(0, band.shape[1] // 5)
    for count in (0, 8, 12):
        other = drawn(replace(FRAME, count=count))[1][frames.picture_wh[1] :]
        assert (other[counter] != band[counter]).any()
    for change in ({"phase": "down"}, {"tempo": "↓ 0.2 s"}, {"recent": RECENT[::-1]}):
        other = drawn(replace(FRAME, **change))[1][frames.picture_wh[1] :]
        assert (other != band).any()
        assert (other[counter] == band[counter]).all()


def test_angles_stand_on_the_outer_side_of_their_joints_in_the_colours_of_the_sides():
    _, image = drawn()
    left, right = like(image[:480], DARK.left).any(0), like(image[:480], DARK.right).any(0)
    assert np.flatnonzero(left).min() > 0.6 * 640  # faces the camera: its left is right in the picture
    assert np.flatnonzero(right).max() < 0.4 * 640


@pytest.mark.parametrize("place", [(0.0, 0.0), (1.0, 1.0), (0.999, 0.0), (0.0, 1.0)])
def test_an_angle_at_the_edge_stays_in_the_picture(place):
    _, image = drawn(replace(FRAME, angles={"left": ("118°", place)}))
    assert like(image[:480], DARK.left).sum() > 30


def test_a_fault_stands_in_the_picture_only_while_there_is_one():
    _, without = drawn(replace(FRAME, angles={}))
    frames, image = drawn(replace(FRAME, angles={}, fault="The knees go in on the way up. " * 9))
    bottom = frames.picture_wh[1]
    assert (without[:bottom] == without[0, 0]).all()
    assert like(image[:bottom], DARK.accent).any()
    assert (image[: bottom - 90] == without[: bottom - 90]).all()


def test_a_signal_that_is_not_known_is_not_drawn():
    frames, image = drawn(replace(FRAME, recent=np.full(120, np.nan)))
    right = image[frames.picture_wh[1] :, image.shape[1] // 2 :]
    assert (right[..., :3] == rgb(DARK.background)).all()
