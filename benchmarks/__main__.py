"""Run all benchmarks, or those named."""

from __future__ import annotations

import sys
from importlib import import_module

BENCHMARKS = {
    "start": "from the start of Python to the first pose",
    "detector": "the 2D detector against MediaPipe, on two cores and on one",
    "swaps": "left and right exchanged in the keypoints for a while: how often the joints are",
    "people": "everybody in view: found, invented, and the cost of each",
    "camera_tilt": "the pitch of the camera, estimated: its constants and its errors",
    "trust": "what is said of good recordings and of spoiled ones",
    "throughput": "the whole program against the bare detector",
    "gpu": "the whole program with keypoint_rcnn against Detectron2's bare predictor, on a GPU",
    "latency": "from the detector's end to a subscriber in another process",
    "preview": "the whole program with and without a reader of the camera's picture",
    "flood": "readers that flood the socket with subscriptions",
    "lifter": "streaming against whole-window evaluation",
    "onnx": "exported networks in ONNX Runtime against NumPy streaming",
    "flat": "cost and memory of a frame over 100,000 frames",
    "memory": "resident memory over two hours of keypoints and ten minutes of video",
    "viewer": "blitting against full redraws",
    "lift": "the offline command with each --quality against the bare detector, and two processes against one",
    "rates": "the error of live use and of lifting at 15 to 60 frames a second",
    "room": "people on the floor of a room, against the truth of the rendered clips",
    "render": "a film of input beside reconstruction against drawing each frame anew",
}


def main() -> int:
    names = sys.argv[1:] or list(BENCHMARKS)
    for name in names:
        if name not in BENCHMARKS:
            print(f"there is no benchmark {name!r}; there are {', '.join(BENCHMARKS)}", file=sys.stderr)
            return 2
    for name in names:
        print(f"\n== {name}: {BENCHMARKS[name]}", flush=True)
        import_module(f".{name}", __package__).main()
    return 0


sys.exit(main())
