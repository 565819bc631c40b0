"""`python stuck_program.py STAGE HOW COMMAND …`: the command, with a stage that comes to a deadlock in C.

STAGE: start (while networks are loaded), detect, lift, sink, close (of the detector); HOW: free, or gil (Python's lock
is held).  It says STUCK on stdout when it is.
"""

import ctypes
import sys

from realtime.commands.cli import main
from realtime.detectors.replay import Replay
from realtime.lifting.streaming import StreamingLifter
from realtime.runtime.program import run_program
from realtime.wire.publisher import Publisher

STAGE, HOW, *WORDS = sys.argv[1:]
CALLS = {"start": 1, "detect": 40, "lift": 40, "sink": 40, "close": 1}
METHODS = {
    "start": (Replay, "__init__"),
    "detect": (Replay, "__call__"),
    "lift": (StreamingLifter, "__call__"),
    "sink": (Publisher, "__call__"),
    "close": (Replay, "close"),
}


def stick(kind, name, calls):
    whole = getattr(kind, name)
    library = (ctypes.PyDLL if HOW == "gil" else ctypes.CDLL)(None)
    mutex = ctypes.create_string_buffer(256)
    library.pthread_mutex_init(mutex, None)
    library.pthread_mutex_lock(mutex)

    def stuck(*args, **more):
        nonlocal calls
        calls -= 1
        if calls == 0:
            print("STUCK", flush=True)
            library.pthread_mutex_lock(mutex)  # no signal ends that
        return whole(*args, **more)

    setattr(kind, name, stuck)


stick(*METHODS[STAGE], CALLS[STAGE])
sys.exit(run_program(lambda: main(WORDS)))
