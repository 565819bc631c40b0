"""The files are read back."""

import signal
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image
from support.render_scenes import DARK, NOBODY, SIDES, SIZE, colour_at, grey, joints, keypoints, rgb
from support.viewer_scenes import ROOT, count

from realtime.errors import RecordError, UsageError
from realtime.pose import WARMING_UP
from realtime.render.layout import Layout
from realtime.render.panel_film import PanelFilm, panel_picture
from realtime.render.panels import Panels


def shown(film, times_s, size_wh=SIZE, **moved):
    with_pose = keypoints(size_wh), joints(**moved)
    for t_s in times_s:
        film.write(grey(size_wh), *with_pose, t_s)
    film.close()


def decoded(path):
    with av.open(str(path)) as file:
        return [(frame.time, frame.to_ndarray(format="rgb24")) for frame in file.decode(video=0)]


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("size_wh", [(320, 240), (240, 426), (300, 300), (321, 241), (1919, 1079), (1080, 1920)])
def test_an_mp4_of_every_shape_shows_joints_in_both_panels(tmp_path, size_wh):
    shown(PanelFilm([tmp_path / "a.mp4"], size_wh, 30), [0, 1 / 30, 2 / 30], size_wh)
    layout = Layout(size_wh)
    frames = decoded(tmp_path / "a.mp4")
    assert len(frames) == 3
    for _, image in frames:
        assert image.shape == (*layout.film_wh[::-1], 3)
        for joint, colour in SIDES.items():
            off = colour_at(image, layout, joint, size_wh) - rgb(colour)
            assert np.abs(off).max() < 90, joint  # H.264 keeps the colours of small discs roughly
        scene = image[layout.scene.pixels].astype(int)
        assert (np.abs(scene - rgb(DARK.left)).max(-1) < 25).sum() > 200
        assert (np.abs(scene - rgb(DARK.right)).max(-1) < 25).sum() > 200
    assert names(tmp_path) == ["a.mp4"]


def test_frames_are_shown_at_their_own_times_from_the_first_on(tmp_path):
    times_s = [100.0, 100.04, 100.05, 100.5, 102.0]
    shown(PanelFilm([tmp_path / "a.mp4"], SIZE, 25), times_s)
    assert [t for t, _ in decoded(tmp_path / "a.mp4")] == pytest.approx([t - 100 for t in times_s], abs=1e-3)
    with av.open(str(tmp_path / "a.mp4")) as file:
        assert [stream.type for stream in file.streams] == ["video"]
        assert file.streams.video[0].codec_context.name == "h264"


def test_one_frame_is_a_film(tmp_path):
    shown(PanelFilm([tmp_path / "a.mp4", tmp_path / "a.gif"], SIZE, 30), [5.0])
    assert [t for t, _ in decoded(tmp_path / "a.mp4")] == [0]
    with Image.open(tmp_path / "a.gif") as image:
        assert image.size == (800, 370)
    assert names(tmp_path) == ["a.gif", "a.mp4"]


def test_no_frame_leaves_nothing_and_closing_twice_is_allowed(tmp_path):
    film = PanelFilm([tmp_path / "a.mp4", tmp_path / "a.gif"], SIZE, 30)
    film.close()
    film.close()
    assert names(tmp_path) == []


def test_a_slow_or_unknown_rate_is_no_fault(tmp_path):
    shown(PanelFilm([tmp_path / "a.mp4"], SIZE, 0.0), [0, 5])
    assert [t for t, _ in decoded(tmp_path / "a.mp4")] == [0, 5]


def test_a_gif_has_fifteen_pictures_a_second_of_at_most_800_px(tmp_path):
    film = PanelFilm([tmp_path / "a.gif"], (1280, 720), 30)
    for i in range(31):
        film.write(grey((1280, 720)), None, joints(left_wrist=(0.5, 0, i / 20)), i / 30)
    film.close()
    with Image.open(tmp_path / "a.gif") as image:
        assert (image.width, image.n_frames, image.info["loop"]) == (800, 16, 0)
        durations_ms = [(image.seek(i), image.info["duration"])[1] for i in range(16)]
        assert sum(durations_ms[:-1]) == 1000
        assert count(np.asarray(image.convert("RGB")), DARK.left) > 100


def test_a_gif_holds_half_a_minute_and_says_so_once(tmp_path, caplog):
    film = PanelFilm([tmp_path / "a.gif"], (64, 48), 1)
    for t_s in range(40):
        film.write(grey((64, 48)), None, joints(left_wrist=(0.5, 0, t_s / 40)), t_s)
    film.close()
    with Image.open(tmp_path / "a.gif") as image:
        assert image.n_frames == 30
    assert len(caplog.records) == 1
    assert "first 30 s" in caplog.text


@pytest.mark.parametrize("ending", ["mp4", "gif"])
def test_what_is_there_already_is_not_overwritten(tmp_path, ending):
    path = tmp_path / f"a.{ending}"
    path.write_bytes(b"an earlier film")
    with pytest.raises(RecordError, match="exists already"):
        PanelFilm([tmp_path / "b.mp4", path], (64, 48), 30)
    assert path.read_bytes() == b"an earlier film"
    assert names(tmp_path) == [path.name]


@pytest.mark.parametrize("ending", ["mp4", "gif"])
def test_a_film_has_its_name_once_it_is_whole(tmp_path, ending):
    path = tmp_path / f"a.{ending}"
    film = PanelFilm([path], (64, 48), 30)
    for i in range(40):
        film.write(grey((64, 48)), None, joints(), i / 30)
        assert not path.exists()
    film.close()
    assert path.stat().st_size > 1000
    assert names(tmp_path) == [path.name]


def test_who_was_quicker_keeps_the_name(tmp_path):
    film = PanelFilm([tmp_path / "a.mp4"], (64, 48), 30)
    film.write(grey((64, 48)), None, NOBODY, 0.0)
    (tmp_path / "a.mp4").write_bytes(b"theirs")
    with pytest.raises(RecordError, match="exists already"):
        film.close()
    assert (tmp_path / "a.mp4").read_bytes() == b"theirs"
    assert len(decoded(tmp_path / "a.part.mp4")) == 1


def test_places_that_cannot_be_written_are_one_line_at_once(tmp_path):
    (tmp_path / "folder.mp4").mkdir()
    (tmp_path / "folder.gif").mkdir()
    (tmp_path / "file").touch()
    before = names(tmp_path)
    for place in ("missing/a.mp4", "missing/a.gif", "file/a.mp4", "file/a.gif", "folder.mp4", "folder.gif"):
        with pytest.raises(RecordError, match=r"^[^\n]*/(folder|a|file)[^\n]*$"):
            PanelFilm([tmp_path / place], SIZE, 30)
    with pytest.raises(UsageError, match=r"\.mp4 or \.gif"):
        PanelFilm([tmp_path / "a.avi"], SIZE, 30)
    assert names(tmp_path) == before


def test_where_one_file_cannot_be_opened_the_others_leave_nothing(tmp_path):
    with pytest.raises(RecordError):
        PanelFilm([tmp_path / "a.mp4", tmp_path / "b.gif", tmp_path / "missing" / "c.mp4"], SIZE, 30)
    assert names(tmp_path) == []


# Writes frames of noise, which compress badly, until killed.
WRITER = """
import sys
sys.path[:0] = ["tests", "tests/render"]
import resource, signal
import numpy as np
from contextlib import closing
from pathlib import Path
from realtime.errors import RecordError
from realtime.render.panel_film import PanelFilm
from support.render_scenes import NOBODY
{setup}
noise = np.random.default_rng(0)
try:
    with closing(PanelFilm([Path({path!r})], (640, 360), 10)) as film:
        for i in range(10_000):
            film.write(noise.integers(0, 255, (360, 640, 3), np.uint8), None, NOBODY, i / 10)
            if i == 50:
                print("going", flush=True)
except RecordError as fault:
    print("told:", fault)
"""


def writer(path, setup=""):
    code = WRITER.format(path=str(path), setup=setup)
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=ROOT)


def test_what_a_kill_leaves_can_be_played_and_has_not_the_name_of_a_whole_film(tmp_path):
    path = tmp_path / "walk.mp4"
    process = writer(path)
    assert process.stdout.readline() == b"going\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert names(tmp_path) == ["walk.part.mp4"]
    frames = decoded(tmp_path / "walk.part.mp4")
    assert len(frames) >= 20
    assert all(b > a for a, b in pairwise(t for t, _ in frames))
    assert frames[0][1].shape == (*Layout((640, 360)).film_wh[::-1], 3)
    with pytest.raises(RecordError, match=r"walk\.part\.mp4 exists already: .* killed; move it"):
        PanelFilm([path], (64, 48), 30)
    assert len(decoded(tmp_path / "walk.part.mp4")) == len(frames)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on a process's files")
def test_a_full_disk_is_one_line_and_no_whole_film(tmp_path):
    limit = "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\nresource.setrlimit(resource.RLIMIT_FSIZE, (9**6, 9**6))"
    said, _ = writer(tmp_path / "walk.mp4", limit).communicate()
    assert said.decode().splitlines()[-1].startswith("told: cannot write")
    assert names(tmp_path) == ["walk.part.mp4"]


def resident_kb():
    """Memory of this process (Linux)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="tells memory the Linux way")
def test_memory_does_not_grow_with_the_film(tmp_path):
    film = PanelFilm([tmp_path / "a.mp4"], (320, 240), 30)
    used_kb = []
    for i in range(240):
        film.write(grey((320, 240)), keypoints((320, 240)), joints(left_wrist=(0.5, 0, i / 240)), i / 30)
        if i in (80, 239):
            used_kb.append(resident_kb())
    film.close()
    picture_kb = np.prod(Layout((320, 240)).film_wh) * 4 / 1024
    assert used_kb[1] - used_kb[0] < 10 * picture_kb  # of 159 more


def test_a_picture_is_the_films(tmp_path):
    panel_picture(tmp_path / "a.png", grey(), keypoints(), joints())
    with Image.open(tmp_path / "a.png") as image:
        np.testing.assert_array_equal(np.asarray(image), Panels(SIZE).draw(grey(), keypoints(), joints(), 0.0)[..., :3])
    assert names(tmp_path) == ["a.png"]


def test_a_single_picture_does_not_speak_of_warming_up(tmp_path):
    for name, reason in (("a.png", "ok"), ("b.png", WARMING_UP)):
        panel_picture(tmp_path / name, grey(), keypoints(), joints(reason))
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_a_picture_that_cannot_be_written_is_one_line(tmp_path):
    for place in (tmp_path, tmp_path / "missing" / "a.png"):
        with pytest.raises(RecordError, match=r"^[^\n]*$"):
            panel_picture(place, grey(), None, NOBODY)
    panel_picture(tmp_path / "a.png", grey(), None, NOBODY)
    with pytest.raises(RecordError, match="exists already"):
        panel_picture(tmp_path / "a.png", grey(), None, NOBODY)
    assert names(tmp_path) == ["a.png"]
