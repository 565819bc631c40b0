"""examples/count_repetitions.py, which imports nothing of the project."""

from __future__ import annotations

import subprocess
import sys
import time
from threading import Thread

from support.example_analyses import form_fault, form_message, form_repetition
from support.poses import ROOT

from realtime.skeleton import H36M17
from realtime.wire.publisher import Publisher

SCRIPT = str(ROOT / "examples" / "count_repetitions.py")


def test_each_repetition_beeps_once_and_each_fault_is_told_once():
    publisher = Publisher("tcp://127.0.0.1:*", source="test", skeleton=H36M17, model="m")
    with subprocess.Popen([sys.executable, SCRIPT, publisher.address], stdout=subprocess.PIPE) as process:
        lines = []
        reading = Thread(target=lambda: lines.extend(process.stdout.readline() for _ in range(3)))
        reading.start()
        end_s = time.monotonic() + 60
        while not lines and time.monotonic() < end_s:  # until it has subscribed
            publisher.publish(form_message(form_repetition(1)))
            time.sleep(0.05)
        for _ in range(2):
            publisher.publish(form_message(form_repetition(1), form_fault(1)))
        publisher.publish(form_message(form_repetition(2), form_fault(1)))
        reading.join(60)
        process.kill()
    publisher.close()
    assert [line.decode().rstrip() for line in lines] == ["\asquat 1", "  Not deep enough.", "\asquat 2"]
