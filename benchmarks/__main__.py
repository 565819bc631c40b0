"""Run all benchmarks, or those named; behind the name of one that has parts, those of them to run, and its options."""

from __future__ import annotations

import sys
from importlib import import_module

BENCHMARKS = {
    "start": "from the start of Python to the first pose",
    "detector": "the 2D detector against MediaPipe, on two cores and on one",
    "swaps": "left and right exchanged in the keypoints for a while: how often the joints are",
    "people": "everybody in view: found, invented, and the cost of each",
    "camera_tilt": "the pitch of the camera, estimated: its constants and its errors",
    "angles": "joint angles of lifted joints against those of the true ones",
    "trust": "what is said of good recordings and of spoiled ones",
    "throughput": "the whole program against the bare detector",
    "gpu": "the whole program with keypoint_rcnn against Detectron2's bare predictor, on a GPU",
    "latency": "from the detector's end to a subscriber in another process",
    "gait_live": "how late a live gait event is known, and what --analyze costs",
    "form_live": "how late a repetition is known live, and what --analyze form costs",
    "preview": "the whole program with and without a reader of the camera's picture",
    "guards": "each guard of docs/reliability.md taken out: its test has to fail; numbers of checks can be named",
    "unplug": "a camera unplugged ten times: --source 0 guides a person; without, a stream whose server is killed",
    "soak": "the whole program for hours: memory, descriptors, latency, lost poses; --minutes M, --resume DIR",
    "inbound": "strangers who say anything to the socket, and what that costs; --minutes M, --seed N",
    "fuzz": "every parser of files and messages fuzzed, a minute each; parsers can be named: fuzz trc c3d --minutes 10",
    "flood": "readers that flood the socket with subscriptions",
    "lifter": "streaming against whole-window evaluation",
    "onnx": "exported networks in ONNX Runtime against NumPy streaming",
    "flat": "cost and memory of a frame over 100,000 frames",
    "memory": "resident memory over two hours of keypoints and ten minutes of video",
    "viewer": "blitting against full redraws",
    "lift": "the offline command with each --quality against the bare detector, and two processes against one",
    "runner": "runner-20 against the markers of a trial that is held out, and against what needs no network",
    "gait_speed": "the report of a gait against lifting alone, and its memory over ten minutes of video",
    "rates": "the error of live use and of lifting at 15 to 60 frames a second",
    "gait": "events, looped strides and joint angles of walking and running; parts can be named: gait events knee",
    "form": "repetitions counted and judged; parts can be named, and folders given: form count --folds DIR --cache DIR",
    "exercises": "which of ten exercises a repetition is, from a transformer's representation: --model FILE",
    "room": "people on the floor of a room, against the truth of the rendered clips",
    "render": "a film of input beside reconstruction against drawing each frame anew",
}


def main() -> int:
    chosen: list[tuple[str, list[str], dict[str, str]]] = []
    words = iter(sys.argv[1:] or BENCHMARKS)
    for word in words:
        module = import_module(f".{chosen[-1][0]}", __package__) if chosen and word not in BENCHMARKS else None
        if module is None and word in BENCHMARKS:
            chosen.append((word, [], {}))
        elif word in getattr(module, "PARTS", ()):
            chosen[-1][1].append(word)
        elif word.startswith("--") and word[2:] in getattr(module, "OPTIONS", ()):
            chosen[-1][2][word[2:]] = next(words, "")
        else:
            print(f"there is no benchmark {word!r}; there are {', '.join(BENCHMARKS)}", file=sys.stderr)
            return 2
    for name, parts, options in chosen:
        print(f"\n== {name}: {BENCHMARKS[name]}", flush=True)
        import_module(f".{name}", __package__).main(*[parts] if parts else [], **options)
    return 0


sys.exit(main())
