"""The doctor's checks of the 2D detector: which there are, their networks, and their speed here."""

from __future__ import annotations

import statistics
import time
from collections.abc import Collection, Iterator
from itertools import islice

from ...runtime.hints import command, install
from ...stages import all_frames
from .finding import BAD, GOOD, NOTE, Finding
from .imports import import_fault

_FRAME_MS = 1000 / 30
_TIMED_FRAMES = 20


def check_detectors(unusable: Collection[str]) -> Finding:
    """Which 2D detectors can be used: those whose library is installed and works."""
    from ...detectors import DETECTORS, installed

    usable = [
        name
        for name, entry in DETECTORS.items()
        if name != "replay" and installed(name) and entry.library not in unusable
    ]
    if not usable:
        return Finding("detectors", BAD, "none can be used", install())
    return Finding("detectors", GOOD, ", ".join(usable))


def check_mediapipe(mediapipe: str | None, protobuf: str | None) -> Iterator[Finding]:
    """MediaPipe 0.10.21, where it is installed, does not work with protobuf 7."""
    if mediapipe is None:
        return
    detail = ""
    if protobuf and int(protobuf.partition(".")[0]) >= 7:
        detail = f"{mediapipe} does not work with protobuf {protobuf}"
    elif fault := import_fault("mediapipe"):
        detail = f"{mediapipe} cannot be imported ({fault})"
    if detail:
        yield Finding("mediapipe", NOTE, detail, f"{install('mediapipe')}, or leave it: blazepose needs no MediaPipe")


def check_networks() -> Iterator[Finding]:
    """The files of blazepose's networks."""
    from ...detectors.blazepose.network_files import DAMAGED, MISSING, NETWORKS, how_to_get, networks_of_wheel, state

    default = [network.name for network in networks_of_wheel()]
    for name, network in NETWORKS.items():
        found = state(name)
        if found == DAMAGED:
            yield Finding("network", BAD if name in default else NOTE, f"{name} is damaged", how_to_get(network))
        elif found == MISSING and name in default:
            remedy = f"the first run downloads it, or do it now: {command('models fetch')}"
            yield Finding("network", NOTE, f"{name} is not here yet", remedy)
        elif found != MISSING:
            yield Finding("network", GOOD, name)


def check_speed(landmarks: str, median_ms: float) -> Finding:
    """Whether the detector, which takes nearly all of the time, reaches 30 frames a second."""
    detail = f"blazepose --landmarks {landmarks}: {median_ms:.1f} ms per frame, {1000 / median_ms:.0f} fps"
    if median_ms <= _FRAME_MS:
        return Finding("speed", GOOD, detail)
    lighter = {"heavy": "take full", "full": "take --landmarks lite"}.get(landmarks, "use a smaller frame rate")
    return Finding("speed", NOTE, f"{detail}, below 30", f"close other programs, or {lighter}")


def check_speeds() -> Iterator[Finding]:
    """The speed of every landmark network that is here."""
    from ...detectors.blazepose import KINDS
    from ...detectors.blazepose.network_files import is_present, networks_of_wheel

    if all(is_present(network.name) for network in networks_of_wheel()):  # else it would download them
        for landmarks in KINDS:
            if is_present(f"pose_landmark_{landmarks}"):
                yield check_speed(landmarks, _detector_ms(landmarks))


def _detector_ms(landmarks: str) -> float:
    """Median time of the detector for the first frames of the demo clip."""
    from ...detectors import open_detector
    from ...sources import Request, open_source

    detect = open_detector("blazepose", landmarks=landmarks)
    source = open_source(Request("demo", realtime=False))
    times = []
    for frame in islice(all_frames(source), _TIMED_FRAMES):
        start = time.perf_counter()
        detect(frame)
        times.append(1000 * (time.perf_counter() - start))
    source.close()
    detect.close()
    return statistics.median(times)
