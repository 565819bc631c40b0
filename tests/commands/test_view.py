"""viz.py as people use it: as a process, without a display and with a real one."""

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import zmq.auth
from PIL import Image
from support.example_estimates import estimate
from support.viewer_scenes import ROOT, count, environment, message, nobody, publishing, viz, walk

from realtime.commands import view as program
from realtime.skeleton import H36M17
from realtime.viewer.app import Options
from realtime.viewer.theme import THEMES
from realtime.wire.publisher import Publisher

DARK = THEMES["dark"]


@pytest.fixture
def recording(tmp_path):
    np.save(tmp_path / "joints.npy", walk(45))
    return tmp_path / "joints.npy"


def test_every_flag_has_a_help_text_with_its_default_and_an_option():
    actions = [a for a in program.parser()._actions if a.dest != "help"]
    assert {a.dest for a in actions} == set(Options.__dataclass_fields__)
    for action in actions:
        assert "default" in action.help, action.dest
        if action.dest not in ("fps", "file"):
            assert action.default == getattr(Options(), action.dest)


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
        (["--fps", "0"], "from 1 to 240"),
        (["--fps", "nan"], "from 1 to 240"),
        (["--fps", "241"], "from 1 to 240"),
        (["--azimuth", "nan"], "--azimuth: takes a number from -360 to 360"),
        (["--elevation", "inf"], "--elevation: takes a number from -360 to 360"),
        (["--at", "nan"], "--at: takes a number from 0"),
        (["--at", "inf"], "--at: takes a number from 0"),
        (["--speed", "x"], "--speed: takes a number from 0.01 to 1000, not 'x'"),
        (["--speed", "1e-300"], "--speed: takes a number"),
        (["--timeout", "x"], "--timeout: takes a number"),
        (["--curve-server", "missing.key", "--headless", "a.png"], "missing.key"),
        (["--theme", "pink"], "invalid choice"),
        (["--nonsense"], "unknown argument"),
        (["--connect", "nowhere", "--headless", "a.png"], "nowhere"),
        (["missing.npy"], "missing.npy"),
        (["missing.npy", "--travel"], "--travel"),
        (["--headless", "a.png", "--record", "a.mp4"], "FILE"),
    ],
)
def test_wrong_flags_are_told(tmp_path, flags, said):
    done = viz(*flags, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_bad_file_is_one_line(tmp_path):
    np.save(tmp_path / "joints.npy", np.array([{}], object), allow_pickle=True)
    done = viz(tmp_path / "joints.npy", "--headless", tmp_path / "a.png")
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert not (tmp_path / "a.png").exists()


def test_a_picture_of_a_recording(recording, tmp_path):
    done = viz(recording, "--headless", tmp_path / "a.png", "--size", "300x400", "--theme", "light", "--azimuth", "0")
    assert (done.returncode, done.stderr) == (0, "")
    image = np.asarray(Image.open(tmp_path / "a.png"))
    assert image.shape == (400, 300, 3)
    assert count(image, THEMES["light"].left) > 300


def test_a_picture_that_cannot_be_written_is_one_line(recording, tmp_path):
    done = viz(recording, "--headless", tmp_path / "missing" / "a.png")
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)


def test_a_film_of_a_recording(recording, tmp_path):
    for name in ("a.mp4", "a.gif"):
        done = viz(recording, "--record", tmp_path / name, "--size", "200x200", "--fps", "20")
        assert done.returncode == 0, done.stderr
        assert f"{name}: 30 frames" in done.stderr
    with Image.open(tmp_path / "a.gif") as film:
        assert film.n_frames == 30


def test_a_picture_of_the_next_valid_pose(tmp_path):
    with publishing(make=lambda seq: message(seq) if seq > 20 else nobody("no_person", seq=seq)) as address:
        done = viz("--connect", address, "--headless", tmp_path / "a.png")
    assert (done.returncode, done.stderr) == (0, "")
    assert count(np.asarray(Image.open(tmp_path / "a.png")), DARK.left) > 1000


def test_without_a_pose_the_picture_of_before_is_kept(tmp_path):
    path = tmp_path / "a.png"
    path.write_text("the picture of before")
    done = viz("--connect", "tcp://127.0.0.1:9", "--headless", path, "--timeout", "0.3")
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "waiting for publisher at tcp://127.0.0.1:9" in done.stderr
    assert path.read_text() == "the picture of before"


def test_without_a_pose_no_picture_is_written_and_it_says_why(tmp_path):
    with publishing(make=lambda seq: nobody("no_person", seq=seq)) as address:
        done = viz("--connect", address, "--headless", tmp_path / "a.png", "--timeout", "1")
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "(no person), no picture written" in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_stream_with_a_key_is_seen(tmp_path):
    public, secret = zmq.auth.create_certificates(tmp_path, "publisher")
    Path(secret).chmod(0o600)
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
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "a.png").exists()


def test_a_live_film_without_a_display_ends_with_ctrl_c(tmp_path):
    path = tmp_path / "a.mp4"
    with publishing() as address:
        flags = ["--connect", address, "--record", str(path), "--size", "200x200"]
        process = subprocess.Popen(
            [sys.executable, ROOT / "viz.py", *flags], stderr=subprocess.PIPE, text=True, env=environment()
        )
        assert "without a window" in process.stderr.readline()
        time.sleep(1.0)  # something to record
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
        assert process.stderr.read() == ""
        process.stderr.close()
    assert path.stat().st_size > 1000
