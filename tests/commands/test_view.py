"""viz.py as people use it: as a process, without a display and with a real one."""

import signal
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, contextmanager, nullcontext

import av
import numpy as np
import pytest
from PIL import Image
from support.example_estimates import estimate
from support.previews import halves, jpeg_of, preview_message
from support.viewer_scenes import ROOT, count, environment, message, nobody, publishing, viz, walk

from realtime.commands import view as program
from realtime.errors import PoseError, UsageError
from realtime.skeleton import H36M17
from realtime.viewer import app
from realtime.viewer.app import Options
from realtime.viewer.theme import THEMES
from realtime.wire.keys import create_keys
from realtime.wire.publisher import Publisher

DARK = THEMES["dark"]


@pytest.fixture
def recording(tmp_path):
    np.save(tmp_path / "joints.npy", walk(45))
    return tmp_path / "joints.npy"


def test_every_flag_has_a_help_text_with_its_default_and_an_option():
    parser = program.parser()
    assert {a.dest for a in parser._actions} == {*Options.__dataclass_fields__, "help"}
    for flag in parser.flags.values():
        assert "(default: " in flag.help or flag.default in (None, False)
        if flag.key != "fps":
            assert flag.default == getattr(Options(), flag.key)


def test_the_names_of_earlier_versions_are_understood_and_tell_the_new_ones(capsys):
    options = program.parse_options("joints.npy --record a.mp4 --fps 20 --at 3".split())
    assert (options.record.name, options.fps, options.at_s) == ("a.mp4", 20.0, 3.0)
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(": ")[1] for line in lines] == [
        f"{old} is called {new} now"
        for old, new in (("--record", "--film"), ("--fps", "--max-fps"), ("--at", "--start"))
    ]
    with pytest.raises(UsageError, match=r"^--max-fps takes a number from 1 to 240, not '0'$"):
        program.parse_options(["--fps", "0"])


def test_it_loads_no_network_library():
    code = "import viz, sys, realtime.viewer.app\n"
    code += "print({'torch', 'ai_edge_litert', 'mediapipe', 'cv2', 'av'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "set()"


def test_no_display_is_one_line_that_names_the_way_out():
    done = viz()
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "--headless" in done.stderr


def test_a_display_that_does_not_answer_is_one_line():
    done = subprocess.run(
        [sys.executable, ROOT / "viz.py"],
        capture_output=True,
        text=True,
        env=environment(DISPLAY=":987"),
        check=False,
    )
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "cannot connect to the display :987" in done.stderr


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--size", "big"], "takes a size like 1280x720, each side from 100 to 8000, not 'big'"),
        (["--size", "9x9"], "each side from 100 to 8000, not '9x9'"),
        (["--max-fps", "0"], "from 1 to 240"),
        (["--max-fps", "nan"], "from 1 to 240"),
        (["--max-fps", "241"], "from 1 to 240"),
        (["--azimuth", "nan"], "--azimuth takes a number from -360 to 360"),
        (["--elevation", "inf"], "--elevation takes a number from -360 to 360"),
        (["--start", "nan"], "--start takes a number from 0"),
        (["--start", "inf"], "--start takes a number from 0"),
        (["--speed", "x"], "--speed takes a number from 0.01 to 1000, not 'x'"),
        (["--speed", "1e-300"], "--speed takes a number"),
        (["--timeout", "x"], "--timeout takes a number"),
        (["--curve-server", "missing.key", "--headless", "a.png"], "missing.key"),
        (["--theme", "pink"], "--theme takes one of dark, light, not 'pink'"),
        (["--nonsense"], "unknown argument"),
        (["--connect", "nowhere", "--headless", "a.png"], "nowhere"),
        (["missing.npy"], "missing.npy"),
        (["missing.npy", "--travel"], "--travel"),
        (["--headless", "a.png", "--film", "a.mp4"], "FILE"),
        (["--headless", "a.jpg"], "use .png"),
    ],
)
def test_wrong_flags_are_told(tmp_path, flags, said, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(PoseError) as caught:
        program.main(flags)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert capsys.readouterr() == ("", "")
    assert list(tmp_path.iterdir()) == []


def test_wrong_flags_are_one_line_and_2(tmp_path):
    done = viz("--nonsense", cwd=tmp_path)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert done.stderr.startswith("error: ")
    assert "unknown argument" in done.stderr


def test_a_bad_file_is_one_line(tmp_path):
    np.save(tmp_path / "joints.npy", np.array([{}], object), allow_pickle=True)
    done = viz(tmp_path / "joints.npy", "--headless", tmp_path / "a.png")
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert not (tmp_path / "a.png").exists()


def test_a_picture_of_a_recording(recording, tmp_path):
    done = viz(recording, "--headless", tmp_path / "a.png", "--size", "300x400", "--theme", "light", "--azimuth", "0")
    assert (done.returncode, done.stderr) == (0, f"viz.py: wrote {tmp_path / 'a.png'}\n")
    image = np.asarray(Image.open(tmp_path / "a.png"))
    assert image.shape == (400, 300, 3)
    assert count(image, THEMES["light"].left) > 300


def test_a_picture_that_cannot_be_written_is_one_line(recording, tmp_path):
    done = viz(recording, "--headless", tmp_path / "missing" / "a.png")
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)


def test_a_film_of_a_recording(recording, tmp_path):
    for name in ("a.mp4", "a.gif"):
        done = viz(recording, "--film", tmp_path / name, "--size", "200x200", "--max-fps", "20")
        assert done.returncode == 0, done.stderr
        assert f"{name}: 30 frames" in done.stderr
    with Image.open(tmp_path / "a.gif") as film:
        assert film.n_frames == 30


@pytest.mark.parametrize(("flags", "has_inset"), [([], True), (["--no-inset"], False)])
def test_a_picture_of_the_next_valid_pose(tmp_path, flags, has_inset):
    camera = preview_message(image_wh=(320, 240), jpeg=jpeg_of(halves(320, 240)))
    stream = publishing(make=lambda seq: message(seq) if seq > 20 else nobody("no_person", seq=seq), preview=camera)
    with stream as address:
        done = viz("--connect", address, "--headless", tmp_path / "a.png", *flags)
    assert (done.returncode, done.stderr) == (0, f"viz.py: wrote {tmp_path / 'a.png'}\n")
    image = np.asarray(Image.open(tmp_path / "a.png"))
    assert count(image, DARK.left) > 1000
    assert (count(image, "#dc1e1e") > 5000) == has_inset


def test_without_a_pose_the_picture_of_before_is_kept(tmp_path):
    path = tmp_path / "a.png"
    path.write_text("the picture of before")
    done = viz("--connect", "tcp://127.0.0.1:9", "--headless", path, "--timeout", "0.3", "--force")
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "waiting for publisher at tcp://127.0.0.1:9" in done.stderr
    assert "needs --curve-server" in done.stderr
    assert path.read_text() == "the picture of before"


def test_ctrl_c_while_it_waits_for_a_pose_is_no_timeout(tmp_path, monkeypatch):
    stop = threading.Event()
    stop.set()
    monkeypatch.setattr(app, "stop_on_signals", lambda: nullcontext(stop))
    with pytest.raises(KeyboardInterrupt):
        app.run(program.parse_options(["--headless", str(tmp_path / "a.png"), "--connect", "tcp://127.0.0.1:9"]))


def test_without_a_pose_no_picture_is_written_and_it_says_why(tmp_path):
    with publishing(make=lambda seq: nobody("no_person", seq=seq)) as address:
        done = viz("--connect", address, "--headless", tmp_path / "a.png", "--timeout", "1")
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "(no person), no picture written: raise --timeout" in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_stream_with_a_key_is_seen(tmp_path):
    public, secret = create_keys(tmp_path / "publisher")
    publisher = Publisher("tcp://127.0.0.1:*", source="a", skeleton=H36M17, model="m", curve_secret_file=secret)
    stop = threading.Event()

    def publish():
        while not stop.wait(0.02):
            publisher(estimate())

    thread = threading.Thread(target=publish)
    thread.start()
    try:
        flags = ["--connect", publisher.address, "--headless", tmp_path / "a.png"]
        assert viz(*flags, "--timeout", "0.5").returncode == 2
        done = viz(*flags, "--curve-server", public)
    finally:
        stop.set()
        thread.join()
        publisher.close()
    assert (done.returncode, done.stderr) == (0, f"viz.py: wrote {tmp_path / 'a.png'}\n")
    assert (tmp_path / "a.png").exists()


@pytest.mark.parametrize(
    ("flags", "name"),
    [
        (["--film", "a.mp4"], "a.mp4"),
        (["--film", "a.gif"], "a.gif"),
        (["--headless", "a.png"], "a.png"),
        (["joints.npy", "--film", "a.mp4"], "a.mp4"),
        (["joints.npy", "--film", "b.mp4", "--headless", "a.png"], "a.png"),
    ],
)
def test_what_is_there_is_refused_before_anything_is_opened(recording, tmp_path, flags, name):
    (tmp_path / name).write_text("an earlier one")
    before = sorted(tmp_path.iterdir())
    done = viz(*flags, cwd=tmp_path)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert f"{name} exists already and is not overwritten: give another name, or --force" in done.stderr
    assert (tmp_path / name).read_text() == "an earlier one"
    assert sorted(tmp_path.iterdir()) == before


def test_with_force_it_is_replaced_but_never_the_recording_that_is_shown(recording, tmp_path):
    for name in ("a.mp4", "a.png"):
        (tmp_path / name).write_text("an earlier one")
    flags = ["--film", "a.mp4", "--headless", "a.png", "--size", "200x200", "--force"]
    assert viz(recording, *flags, cwd=tmp_path).returncode == 0
    assert (tmp_path / "a.mp4").stat().st_size > 1000
    with Image.open(tmp_path / "a.png") as image:
        assert image.size == (200, 200)
    before = recording.read_bytes()
    done = viz(recording, "--headless", "../" + tmp_path.name + "/joints.npy", "--force", cwd=tmp_path)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert recording.read_bytes() == before


@contextmanager
def recorder(path, address, *flags):
    """viz.py that is recording a stream, without a display."""
    words = ["--connect", address, "--film", str(path), "--size", "200x200", *flags]
    with subprocess.Popen(
        [sys.executable, ROOT / "viz.py", *words], stderr=subprocess.PIPE, text=True, env=environment()
    ) as process:
        try:
            assert "without a window" in process.stderr.readline()
            wait_for(lambda: path.stat().st_size > 1000)
            yield process
        finally:
            process.kill()


def wait_for(true, limit_s=30.0):
    end_s = time.monotonic() + limit_s
    while not true():
        assert time.monotonic() < end_s
        time.sleep(0.05)


def pictures(path):
    with av.open(str(path)) as film:
        return sum(1 for _ in film.decode(video=0))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_live_film_without_a_display_is_complete_after_a_signal(tmp_path, number):
    path = tmp_path / "a.mp4"
    with publishing() as address, recorder(path, address) as process:
        process.send_signal(number)
        assert process.wait(30) == 0
        assert process.stderr.read() == ""
    assert pictures(path) > 1
    assert [left.name for left in tmp_path.iterdir()] == ["a.mp4"]


def test_a_live_film_of_a_killed_viewer_can_be_played_and_is_kept(tmp_path):
    path = tmp_path / "a.mp4"
    with publishing() as address, recorder(path, address) as process:
        process.kill()
        process.wait()
        assert viz("--connect", address, "--film", path).returncode == 2
    assert pictures(path) > 1


def test_a_live_film_goes_on_where_the_stream_comes_back(tmp_path):
    path = tmp_path / "a.mp4"
    with ExitStack() as first:
        address = first.enter_context(publishing())
        with recorder(path, address) as process:
            first.close()
            before = path.stat().st_size
            with publishing(address):
                wait_for(lambda: path.stat().st_size > before + 1000)
                process.send_signal(signal.SIGTERM)
                assert process.wait(30) == 0
    assert pictures(path) > 1


def test_of_two_that_record_the_same_film_the_second_is_refused(tmp_path):
    path = tmp_path / "a.mp4"
    with publishing() as address, recorder(path, address) as process:
        for flags in ([], ["--force"]):
            done = viz("--connect", address, "--film", path, *flags)
            assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
            assert ("another program is recording" if flags else "exists already") in done.stderr
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    assert pictures(path) > 1
    assert [left.name for left in tmp_path.iterdir()] == ["a.mp4"]
