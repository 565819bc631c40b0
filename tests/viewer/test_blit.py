import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.transforms import IdentityTransform
from support.viewer_scenes import Picture, count, standing, walk, where

from realtime.viewer.blit import Blitter
from realtime.viewer.player import Player, Recording
from realtime.viewer.scene import EXTRAS, Scene
from realtime.viewer.scrub import ScrubBar
from realtime.viewer.theme import THEMES
from realtime.viewer.view import View


def standing_view(**moved):
    return View(standing(**moved) + (0, 0, 0.93))


@pytest.mark.parametrize("theme", THEMES)
def test_a_blitted_frame_equals_a_full_redraw(theme):
    blitted, redrawn = Picture(theme), Picture(theme, plain=True)
    views = [View(joints + (0, 0, 0.93), details=f"{i // 3} fps") for i, joints in enumerate(walk(9))]
    views[3] = View(headline="no person")
    views[5] = View(views[4].joints, headline="stale (1.2 s)", dim=True)
    for view in views:
        np.testing.assert_array_equal(blitted.of(view), redrawn.of(view))
    assert blitted.blitter.backgrounds_taken == 1


def test_what_is_switched_on_is_blitted_too_and_leaves_no_trace():
    blitted, redrawn, without = Picture(), Picture(plain=True), Picture()
    views = [View(joints + (0, 0, 0.96), t_s=i / 30) for i, joints in enumerate(walk(8))]
    blitted.of(views[0])
    for name in EXTRAS:
        assert blitted.scene.toggle(name)
        assert redrawn.scene.toggle(name)
    for view in [*views, View(), *views]:
        image = blitted.of(view)
        np.testing.assert_array_equal(image, redrawn.of(view))
    assert (image != without.of(views[-1])).any()
    for name in EXTRAS:
        assert not blitted.scene.toggle(name)
    np.testing.assert_array_equal(blitted.of(views[-1]), without.of(views[-1]))
    assert blitted.blitter.backgrounds_taken == 1


def test_it_is_still_equal_after_turning_zooming_resizing_and_another_theme():
    blitted, redrawn = Picture(), Picture(plain=True)
    changes = [
        lambda p: p.scene.axes.view_init(30, 40),
        lambda p: p.scene.zoom(3),
        lambda p: p.screen.figure.set_size_inches(2.5, 4),
        lambda p: p.scene.apply_theme(THEMES["light"]),
        lambda p: p.scene.reset_view(),
    ]
    for taken, change in enumerate(changes, 2):
        blitted.of(standing_view())
        for picture in (blitted, redrawn):
            change(picture)
            picture.screen.canvas.draw()  # what draw_idle of a window ends in
        assert blitted.blitter.backgrounds_taken == taken
        view = standing_view(left_wrist=(0.5, 0, 0.1 * taken))
        np.testing.assert_array_equal(blitted.of(view), redrawn.of(view))


def test_a_scene_that_turns_equals_a_full_redraw_without_taking_its_background_again():
    turning, redrawn = Picture(turns=True), Picture(turns=True, plain=True)
    above_the_legend = slice(0, 280)  # over which the turning ground is drawn
    for i, joints in enumerate(walk(5)):
        for picture in (turning, redrawn):
            picture.scene.turn(70.0 * i)
        view = View(joints + (0, 0, 0.93))
        np.testing.assert_array_equal(turning.of(view)[above_the_legend], redrawn.of(view)[above_the_legend])
    assert turning.blitter.backgrounds_taken == 1
    still = Picture(azimuth_deg=280.0, plain=True)
    np.testing.assert_array_equal(redrawn.of(view), still.of(view))


def test_what_was_drawn_before_leaves_no_trace():
    picture = Picture()
    empty = picture.of(View())
    picture.of(standing_view())
    np.testing.assert_array_equal(picture.of(View()), empty)


def test_nothing_is_drawn_for_what_is_shown_already():
    picture = Picture()
    view = standing_view()
    picture.of(view)
    picture.scene.show(View(view.joints.copy()))
    assert not picture.blitter.update()
    picture.scene.show(View(view.joints, details="30 fps"))
    assert picture.blitter.update()


def squares(animated):
    """A canvas with three squares, the lowest first."""
    figure = Figure(figsize=(0.6, 0.4), dpi=100)
    patches = [Rectangle((0, 0), 25, 15, color=c, transform=IdentityTransform(), animated=animated) for c in "rgb"]
    for patch in patches:
        figure.add_artist(patch)
    return FigureCanvasAgg(figure), patches


def test_layers_that_overlap_and_change_in_any_order_leave_no_trace(rng):
    (canvas, patches), (plain, others) = squares(animated=True), squares(animated=False)
    blitter = Blitter(canvas, *([patch] for patch in patches))
    blitter.update()
    for _ in range(60):
        which = rng.integers(3)
        change = {"xy": rng.integers(-10, 50, 2), "visible": bool(rng.random() < 0.8)}
        for patch in (patches[which], others[which]):
            patch.set(**change)
        blitter.update()
        plain.draw()
        np.testing.assert_array_equal(canvas.buffer_rgba(), plain.buffer_rgba())
    assert blitter.backgrounds_taken == 1


def test_left_and_right_are_on_their_sides_for_the_camera():
    image = Picture(azimuth_deg=0).of(standing_view())
    dark = THEMES["dark"]
    half = image.shape[1] // 2
    body = slice(0, 280)  # above the legend
    # Someone who faces the camera has the left side at the camera's right.
    assert count(image[body, half:], dark.left) > 300 > 0 == count(image[body, half:], dark.right)
    assert count(image[body, :half], dark.right) > 300 > 0 == count(image[body, :half], dark.left)
    assert count(image[body], dark.middle) > 300


def test_the_person_stands_upright_in_the_middle_of_the_picture():
    image = Picture(azimuth_deg=0).of(standing_view())
    trunk_rows, trunk_columns = where(image, THEMES["dark"].middle)
    assert abs(trunk_columns.mean() - 160) < 6
    legs = where(image[:280], THEMES["dark"].right)[0]
    assert 40 < trunk_rows.min() < trunk_rows.mean() < 160 < legs.max() < 280


def test_a_nearer_limb_covers_a_farther_one():
    # Seen from the person's left, the right arm lies behind the trunk.
    picture = Picture(azimuth_deg=90, elevation_deg=0)
    near_left = picture.of(standing_view())
    behind = Picture(azimuth_deg=-90, elevation_deg=0).of(standing_view())
    dark, body = THEMES["dark"], slice(0, 280)
    assert count(near_left[body], dark.left) > 5 * count(near_left[body], dark.right)
    assert count(behind[body], dark.right) > 5 * count(behind[body], dark.left)


def test_limbs_keep_their_width_in_metres():
    """Twice as many pixels, the same picture: four times the colour."""
    small, large = Picture(azimuth_deg=0), Picture(azimuth_deg=0, size_wh=(640, 640))
    counts = [count(p.of(standing_view())[:-60], THEMES["dark"].left) for p in (small, large)]
    assert counts[1] / counts[0] == pytest.approx(4, rel=0.25)


class WindowCanvas(FigureCanvasAgg):
    """An Agg canvas with a separate window image, which a blit updates only in its bounding box."""

    window = None

    def draw(self):
        super().draw()
        self.window = np.array(self.buffer_rgba())

    def blit(self, bbox=None):
        pixels = np.asarray(self.buffer_rgba())
        (left, bottom), (right, top) = np.clip(bbox.get_points(), 0, pixels.shape[1::-1]).astype(int)
        rows = slice(len(pixels) - top, len(pixels) - bottom)
        self.window[rows, left:right] = pixels[rows, left:right]


def test_the_window_gets_every_pixel_that_has_changed():
    figure = Figure(figsize=(3, 3), dpi=100)
    canvas = WindowCanvas(figure)
    scene = Scene(figure, THEMES["light"])
    bar = ScrubBar(figure, THEMES["light"], player := Player(of(20)))
    words, moving = (a + b for a, b in zip(scene.layers, bar.layers, strict=True))
    blitter = Blitter(canvas, words, moving)
    for i, joints in enumerate(walk(20)):
        view = View(joints + (0.1 * i, 0, 0.93 - 0.05 * i), details=f"{i // 2}")
        scene.show(View(headline="no person") if i in (7, 8) else view)
        player.seek(i / 30)
        bar.show()
        blitter.update()
        np.testing.assert_array_equal(canvas.window, canvas.buffer_rgba())


def of(frames):
    return Recording(walk(frames), np.arange(frames) / 30, np.zeros(frames), timed=True)
