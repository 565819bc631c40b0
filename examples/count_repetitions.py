"""Say and beep every repetition, for `run.py --analyze form`.  Plain pyzmq, nothing of this project."""

import json
import signal
import sys

import zmq

for number in {"SIGINT", "SIGPIPE"} & set(dir(signal)):  # Ctrl-C, and the end of `| head -3`, end it at once
    signal.signal(getattr(signal, number), signal.SIG_DFL)
address = sys.argv[1] if len(sys.argv) > 1 else "tcp://127.0.0.1:5556"
socket = zmq.Context().socket(zmq.SUB)
socket.subscribe("form ")
socket.connect(address)
told = None, 0, 0  # session, number of the newest repetition, of the newest fault
while True:
    while not socket.poll(3000):  # ms
        print(f"nothing from {address} for 3 s: is run.py --analyze form running?", file=sys.stderr, flush=True)
    form = json.loads(socket.recv().removeprefix(b"form "))
    repetition, faults = form["repetition"] or {"number": 0}, form["faults"]
    session, repetitions, faulty = told if told[0] == form["session"] else (form["session"], 0, 0)
    if repetition["number"] > repetitions:
        print(f"\a{repetition['exercise']} {repetition['in_set']}", flush=True)
    for fault in (one for one in faults if one["number"] > faulty):
        print(f"  {fault['sentence']}", flush=True)
    told = session, repetition["number"], max([faulty, *(one["number"] for one in faults)])
