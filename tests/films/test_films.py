import io
import os
import re
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image
from support.viewer_scenes import ROOT

from realtime.errors import RecordError, UsageError
from realtime.films.files import save_png
from realtime.films.film import open_film


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def picture(i, size_wh=(160, 120)):
    """A grey field with a white bar that moves."""
    image = np.full((size_wh[1], size_wh[0], 4), 60, np.uint8)
    image[:, 10 * i : 10 * i + 10] = 255
    image[..., 3] = 255
    return image


def bar(image):
    """Where the bar is."""
    return int(np.argmax(image[60, :, 0]) // 10)


def record(path, count=12, fps=10.0, **options):
    film = open_film(path, fps)
    for i in range(count):
        film.write(picture(i, **options), i / fps)
    film.close()
    return film


def decoded(path):
    with av.open(str(path)) as file:
        return [(frame.time, frame.to_ndarray(format="rgb24")) for frame in file.decode(video=0)]


def test_an_mp4_holds_every_picture_at_its_time(tmp_path):
    film = record(tmp_path / "a.mp4")
    frames = decoded(tmp_path / "a.mp4")
    assert film.frames == len(frames) == 12
    assert [time_s for time_s, _ in frames] == pytest.approx([i / 10 for i in range(12)], abs=1e-3)
    assert [bar(image) for _, image in frames] == list(range(12))
    with av.open(str(tmp_path / "a.mp4")) as file:
        stream = file.streams.video[0]
        assert (stream.codec_context.name, stream.width, stream.height) == ("h264", 160, 120)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names")
def test_a_name_with_a_colon_is_a_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    record(Path("12:30 é.mp4"))
    assert len(decoded(f"file:{tmp_path}/12:30 é.mp4")) == 12


def test_uneven_sizes_are_cut_to_even_ones(tmp_path):
    record(tmp_path / "a.mp4", size_wh=(161, 121))
    assert decoded(tmp_path / "a.mp4")[0][1].shape == (120, 160, 3)


def test_uneven_times_are_kept(tmp_path):
    times = [0.0, 0.1, 0.5, 0.51, 2.0]
    film = open_film(tmp_path / "a.mp4", 30)
    for i, t_s in enumerate(times):
        film.write(picture(i), t_s)
    film.close()
    assert [t for t, _ in decoded(tmp_path / "a.mp4")] == pytest.approx(times, abs=1e-3)


def test_a_gif_holds_every_picture_and_loops(tmp_path):
    film = record(tmp_path / "a.gif")
    with Image.open(tmp_path / "a.gif") as image:
        assert film.frames == image.n_frames == 12
        assert image.size == (160, 120)
        assert image.info["loop"] == 0
        for i in range(12):
            image.seek(i)
            assert image.info["duration"] == 100
            assert bar(np.asarray(image.convert("RGB"))) == i
    assert [path.name for path in tmp_path.iterdir()] == ["a.gif"]


@pytest.mark.parametrize("name", ["a.mp4", "a.gif"])
def test_pictures_of_another_size_are_scaled_to_the_first(tmp_path, name):
    film = open_film(tmp_path / name, 10)
    film.write(picture(1), 0.0)
    film.write(picture(2, size_wh=(320, 240)), 0.1)
    film.close()
    if name.endswith("mp4"):
        assert [image.shape for _, image in decoded(tmp_path / name)] == [(120, 160, 3)] * 2
    else:
        with Image.open(tmp_path / name) as image:
            assert (image.n_frames, image.size) == (2, (160, 120))


@pytest.mark.parametrize("name", ["a.mp4", "a.gif"])
def test_no_picture_leaves_no_file_and_closing_twice_is_allowed(tmp_path, name):
    film = open_film(tmp_path / name, 10)
    film.close()
    film.close()
    assert list(tmp_path.iterdir()) == []


def test_other_endings_and_places_that_cannot_be_written(tmp_path):
    with pytest.raises(UsageError, match=r"\.mp4 or \.gif"):
        open_film(tmp_path / "a.avi", 30)
    for name in ("a.mp4", "a.gif"):
        with pytest.raises(RecordError, match="no folder"):
            open_film(tmp_path / "missing" / name, 30)
    (tmp_path / "b.mp4").mkdir()
    with pytest.raises(RecordError, match=r"b\.mp4"):
        open_film(tmp_path / "b.mp4", 30)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on a process's files")
@pytest.mark.parametrize("name", ["a.mp4", "a.gif"])
def test_a_full_disk_is_one_line(tmp_path, name):
    code = f"""
import resource, signal, numpy as np
from pathlib import Path
from contextlib import closing
from realtime.errors import RecordError
from realtime.films.film import open_film
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
noise = np.random.default_rng(0)
try:
    with closing(open_film(Path({str(tmp_path / name)!r}), 30)) as film:
        for i in range(60):
            film.write(noise.integers(0, 255, (120, 160, 4)).astype(np.uint8), i / 30)
except RecordError as fault:
    print("told:", fault)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.stdout.startswith("told: cannot write"), done
    assert len(done.stdout.splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".part"] == []


@pytest.mark.parametrize("name", ["a.mp4", "a.gif"])
def test_an_earlier_film_is_kept(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"an earlier film")
    with pytest.raises(RecordError, match=rf"{name} exists already .* or --force$"):
        open_film(path, 10)
    assert path.read_bytes() == b"an earlier film"
    assert names(tmp_path) == [name]


@pytest.mark.parametrize("name", ["a.mp4", "a.gif"])
def test_a_film_that_replaces_another_does_so_when_it_is_complete(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"an earlier film")
    open_film(path, 10, force=True).close()  # without a picture
    assert path.read_bytes() == b"an earlier film"
    film = open_film(path, 10, force=True)
    film.write(picture(1), 0.0)
    assert path.read_bytes() == b"an earlier film"
    film.close()
    assert len(decoded(path)) == 1
    assert names(tmp_path) == [name]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps files that are open by itself")
@pytest.mark.parametrize("name", ["a.mp4", "a.gif"])
@pytest.mark.parametrize("earlier", [False, True])
def test_of_two_that_record_the_same_film_the_second_is_refused(tmp_path, name, earlier):
    path = tmp_path / name
    if earlier:
        path.write_bytes(b"an earlier film")
    first = open_film(path, 10, force=earlier)
    for i in range(5):
        first.write(picture(i), i / 10)
    for force in (False, True):
        with pytest.raises(RecordError, match=r"exists already|another program is recording"):
            open_film(path, 10, force=force)
    first.close()
    assert len(decoded(path)) == 5
    assert names(tmp_path) == [name]
    open_film(path, 10, force=True).close()  # it is free again


def test_closing_again_leaves_the_film_of_who_has_the_name_now(tmp_path):
    film = open_film(tmp_path / "a.gif", 10)
    film.close()
    other = open_film(tmp_path / "a.gif", 10)
    film.close()
    assert names(tmp_path) == ["a.gif"]
    other.close()


RECORDER = """
import sys, numpy as np
from contextlib import closing
from pathlib import Path
from realtime.errors import RecordError
from realtime.films.film import open_film
sys.stdin.readline()
try:
    with closing(open_film(Path({path!r}), 10, force=True)) as film:
        for i in range(20):
            film.write(np.full((120, 160, 4), 255 * (i % 2), np.uint8), i / 10)
        print("recording", flush=True)
        sys.stdin.readline()
except RecordError as fault:
    print("told:", fault, flush=True)
    sys.stdin.readline()
"""


@pytest.mark.parametrize("name", ["a.mp4", "a.gif"])
def test_where_two_programs_start_at_once_one_film_is_whole(tmp_path, name):
    words = [sys.executable, "-c", RECORDER.format(path=str(tmp_path / name))]
    with ExitStack() as held:
        two = [
            held.enter_context(
                subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
            )
            for _ in range(2)
        ]
        said = []
        for _ in ("start", "end"):
            for process in two:
                process.stdin.write("go on\n")
                process.stdin.flush()
            said += [] if said else sorted(process.stdout.readline() for process in two)
    assert said[0] == "recording\n"
    assert re.fullmatch(r"told: (another program is recording .*|.* exists already.*)\n", said[1])
    assert len(decoded(tmp_path / name)) == 20
    assert names(tmp_path) == [name]


def test_a_gif_is_written_where_files_that_are_open_cannot_be_replaced(tmp_path, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "open in another handle")

    film = open_film(tmp_path / "a.gif", 10)
    film.write(picture(0), 0.0)
    monkeypatch.setattr(type(tmp_path), "replace", refuse)  # as Windows does
    film.close()
    assert names(tmp_path) == ["a.gif"]
    assert len(decoded(tmp_path / "a.gif")) == 1


def test_a_gif_that_is_full_says_so_once(tmp_path, caplog):
    (tmp_path / "a.gif").write_bytes(b"earlier")  # so that it has another name until it is complete
    film = open_film(tmp_path / "a.gif", 30, force=True)
    tiny = np.zeros((8, 8, 4), np.uint8)
    for i in range(1810):
        tiny[0, 0, 0] = i % 256
        film.write(tiny, i / 30)
    film.close()
    assert film.frames == 1800
    assert len(caplog.records) == 1
    assert caplog.messages[0].startswith(f"{tmp_path / 'a.gif'} is full (1800 frames)")


def slope_with_noise(count):
    """Pictures of a still camera, as a video's compression leaves them."""
    noise = np.random.default_rng(0)
    slope = np.repeat(np.linspace(40, 200, 160)[None, :, None], 120, 0) * (1, 1, 1, 1)
    return [(slope + noise.integers(-2, 3, slope.shape)).astype(np.uint8) for _ in range(count)]


def written(path, images):
    film = open_film(path, 10)
    for i, image in enumerate(images):
        film.write(image, i / 10)
    film.close()
    return path.stat().st_size


def test_a_gif_wastes_nothing_on_noise(tmp_path):
    images = slope_with_noise(20)
    assert written(tmp_path / "20.gif", images) < 1.2 * written(tmp_path / "1.gif", images[:1])


def test_a_gif_shows_colours_that_come_later(tmp_path):
    images = slope_with_noise(6)
    for image in images[3:]:
        image[:20, 10:20, 0] = 255
    written(tmp_path / "a.gif", images)
    with Image.open(tmp_path / "a.gif") as gif:
        gif.seek(gif.n_frames - 1)
        last = np.asarray(gif.convert("RGB")).astype(int)
    assert np.abs(last - images[-1][..., :3]).max() < 16


def test_a_picture_is_put_in_place_whole(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(b"an earlier one")
    with pytest.raises(RecordError, match="exists already"):
        save_png(picture(2), path)
    assert path.read_bytes() == b"an earlier one"
    save_png(picture(2), path, force=True)
    with Image.open(path) as image:
        assert bar(np.asarray(image)) == 2
    assert [left.name for left in tmp_path.iterdir()] == ["a.png"]


def test_a_picture_can_go_into_a_pipe(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    read = subprocess.Popen(["cat", tmp_path / "pipe"], stdout=subprocess.PIPE)
    save_png(picture(2), tmp_path / "pipe")
    data, _ = read.communicate()
    assert bar(np.asarray(Image.open(io.BytesIO(data)))) == 2


def test_a_picture_that_cannot_be_written_is_one_line(tmp_path):
    for path in (tmp_path, tmp_path / "missing" / "a.png"):
        with pytest.raises(RecordError, match=r"^cannot write [^\n]*$"):
            save_png(picture(2), path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX system's limit")
@pytest.mark.parametrize("bytes_missing", [1_000_000, 16, 600])
def test_an_mp4_that_its_disk_cannot_hold_is_told_and_crashes_nothing(tmp_path, bytes_missing):
    def code(name, limit):
        return f"""
import resource, signal, sys
sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / "tests")!r}]
from pathlib import Path
import numpy as np
from realtime.errors import RecordError
from realtime.films.film import open_film
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
film = open_film(Path({str(tmp_path / name)!r}), 10.0)
{limit}
noise = np.random.default_rng(0)
try:
    for i in range(60):
        film.write(noise.integers(0, 255, (120, 160, 4), np.uint8), i / 10)
    film.close()
except RecordError as fault:
    print(fault)
    try:
        film.close()
    except RecordError:
        pass
"""

    def said(name, limit=""):
        done = subprocess.run([sys.executable, "-c", code(name, limit)], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    assert said("whole.mp4") == ""
    most = max(0, (tmp_path / "whole.mp4").stat().st_size - bytes_missing)
    assert "cannot write" in said("cut.mp4", f"resource.setrlimit(resource.RLIMIT_FSIZE, ({most}, {most}))")
