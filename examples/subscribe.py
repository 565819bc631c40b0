"""Print the right hand as it moves.  Plain pyzmq, nothing of this project."""

import json
import signal
import sys

import zmq

for number in {"SIGINT", "SIGPIPE"} & set(dir(signal)):  # Ctrl-C, and the end of `| head -3`, end it at once
    signal.signal(getattr(signal, number), signal.SIG_DFL)
address = sys.argv[1] if len(sys.argv) > 1 else "tcp://127.0.0.1:5556"
socket = zmq.Context().socket(zmq.SUB)
socket.setsockopt(zmq.CONFLATE, 1)  # only the newest pose counts
socket.subscribe("pose3d ")
socket.connect(address)
while True:
    while not socket.poll(3000):  # ms
        print(f"no pose from {address} for 3 s: is run.py running?", file=sys.stderr, flush=True)
    pose = json.loads(socket.recv().removeprefix(b"pose3d "))
    hand = pose["joints"][16] if pose["valid"] else pose["reason"]
    print(pose["seq"], hand, flush=True)
