"""From settings to the network that lifts: the one that fits the detector, the window and the delay."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ..camera import Intrinsics
from ..detectors import AUTO, DETECTORS, choose_detector
from ..errors import UsageError, WeightsError
from ..lifting.choice import NetworkUse, choose_network, find_network, fitting_network, own_delay
from ..lifting.open import open_lifter
from ..runtime import optional
from ..runtime.hints import pip
from ..settings import Settings
from ..skeleton import H36M17, RUNNER20, Skeleton
from ..sources.request import holds_keypoints
from ..stages import Lifter


def detector_name(settings: Settings) -> str:
    """The detector that the settings name or leave to the program; a keypoint file is its own."""
    if holds_keypoints(settings.source):
        return "replay"
    return choose_detector(settings.device) if settings.detector == AUTO else settings.detector


def network_use(
    settings: Settings, *, symmetric: bool = False, joints: Skeleton = H36M17, points: Skeleton | None = None
) -> NetworkUse:
    """What the network is wanted for; `symmetric`: to see as much of the future as of the past; `joints`: the
    skeleton it is to answer with; `points`: the keypoints, where they are known better than by the detector, as those
    in a file.  Raises UsageError for settings that do not go together."""
    late = "--symmetric" if symmetric else f"--delay {settings.delay}"
    if settings.causal and (symmetric or settings.delay):
        raise UsageError(f"a causal network sees no future frames: leave out {late} or --causal")
    if symmetric and settings.delay:
        raise UsageError(f"--symmetric and --delay {settings.delay} are different networks: leave one of them out")
    detector = DETECTORS[detector_name(settings)]
    return NetworkUse(
        settings.window,
        None if symmetric else settings.delay,
        settings.landmarks if "landmarks" in detector.settings else None,
        points or detector.points,
        joints,
    )


def network_file(settings: Settings, *, symmetric: bool = False) -> Path:
    """The file of the network.  Errors as for `network_use`, and WeightsError where there is none."""
    return fitting_network(settings.model, network_use(settings, symmetric=symmetric))


def lifter(
    settings: Settings,
    camera: Intrinsics,
    *,
    symmetric: bool = False,
    joints: Skeleton = H36M17,
    points: Skeleton | None = None,
    recording: bool = False,
) -> Lifter:
    """The network, ready to lift; `symmetric`, `joints` and `points` as in `network_use`, `recording` as in
    `open_lifter`.  It runs on the CPU unless
    `--device cuda` insists.  A network that was trained for a delay has it also where nobody asks for one."""
    device = "cuda" if settings.device == "cuda" else "cpu"
    if device == "cuda" and not _sees_cuda():
        raise UsageError("--device cuda: PyTorch finds no CUDA GPU on this machine; use --device cpu")
    use = network_use(settings, symmetric=symmetric, joints=joints, points=points)
    path = find_network(settings.model, use)
    delay = own_delay(path) if use.delay == 0 else use.delay
    about = {"causal": settings.causal, "recording": recording}
    return open_lifter(str(path), settings.window, camera, device, delay=delay, **about)


def runner_lifter(settings: Settings, camera: Intrinsics, points: Skeleton) -> Lifter:
    """The causal network for the joints of a runner that fits the keypoints that are found, whatever the window and
    the network of the poses are.  Raises WeightsError where there is none."""
    usual = replace(settings, window=Settings.window, delay=0)
    use = network_use(usual, joints=RUNNER20, points=points)
    try:
        path = choose_network(use)
    except WeightsError as fault:
        raise WeightsError(f"gait needs a network for the joints of a runner, and {fault}") from fault
    return open_lifter(str(path), use.window, camera, "cpu")


def _sees_cuda() -> bool:
    torch = optional.load("torch", "--device cuda", f"{pip('torch')}, or take --device cpu")
    return bool(torch.cuda.is_available())
