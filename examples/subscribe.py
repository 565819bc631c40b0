"""Print the right hand as it moves.  Plain pyzmq, nothing of this project."""

import json
import signal
import sys

import zmq

signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends it at once
socket = zmq.Context().socket(zmq.SUB)
socket.setsockopt(zmq.CONFLATE, 1)  # only the newest pose counts
socket.subscribe("pose3d ")
socket.connect(sys.argv[1] if len(sys.argv) > 1 else "tcp://127.0.0.1:5556")
while True:
    pose = json.loads(socket.recv().removeprefix(b"pose3d "))
    hand = pose["joints"][16] if pose["valid"] else pose["reason"]
    print(pose["seq"], hand, flush=True)
