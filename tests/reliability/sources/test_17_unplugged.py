"""A camera that is unplugged while it is read is told within 2 s and read again within 3 s of its return, each time.

With a real camera by hand: `python -m benchmarks unplug --source 0`.  There is no camera here, nor v4l2loopback, so
the closest real thing is a stream whose server is a process that is killed and started again; here a few times of the
ten.
"""

import pytest

from benchmarks import unplug


@pytest.fixture
def stream():
    with unplug.ServedStream() as stream:
        yield stream


@pytest.mark.parametrize("rounds", [1, pytest.param(10, marks=pytest.mark.slow)])
def test_a_server_that_is_killed_and_started_again(rounds, stream, monkeypatch, figure):
    monkeypatch.setattr(unplug, "OFF_S", 0.5)
    done = unplug.unplugged(stream.url, stream, rounds)
    assert len(done) == rounds
    late = [one for one in done if not one.is_kept]
    assert not late
    told_s, back_s = (max(getattr(one, kind) for one in done) for kind in ("told_s", "back_s"))
    figure(f"{rounds} of {rounds} times: told after {told_s:.2f} s, back {back_s:.1f} s after the return, at most")


def test_a_person_is_guided_and_the_device_file_tells_the_return(tmp_path, monkeypatch, webcam, capsys):
    """A stand-in camera, and a hand that is quicker than a person's."""
    node = tmp_path / "video0"
    monkeypatch.setattr(unplug, "node_of", lambda number: node)
    camera = webcam()
    person = unplug.Person("0")

    class QuickHand:
        def unplug(self):
            person.unplug()
            node.unlink(missing_ok=True)
            camera.lose("gone")

        def plug_in(self):
            person.plug_in()
            assert not person.is_plugged_in()
            node.touch()
            camera.mend()

        is_plugged_in = staticmethod(person.is_plugged_in)

    (done,) = unplug.unplugged("0", QuickHand(), 1)
    assert done.is_kept
    said = capsys.readouterr().out
    assert said.startswith(" 1 of 1  pull the camera's plug … plug it in again … told ")
