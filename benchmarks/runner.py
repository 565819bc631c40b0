"""A runner's joints against markers: the Qualisys trial that is held out, before RunningPose's three cameras.

The woman who runs is the one of the two trials that networks learn from; RunningPose's test person was not.
"""

from __future__ import annotations

from pathlib import Path

from realtime.lifting.model_card import card_of
from realtime.lifting.model_files import MODEL_FOLDER, load_network
from realtime.motion import Floats
from realtime.skeleton import RUNNER20
from realtime.training.evaluation.bootstrap import Score
from realtime.training.evaluation.runner_scores import HEELS, SHARED, TOES, HeldoutRun
from realtime.training.evaluation.runner_trial import DRAWS

FOLDER = Path(__file__).parents[2] / "shared" / "data" / "mocap" / "running-qualisys_tifx04"
_COMPARED = "causal-27"
_PUBLISHED = "RunningPose as published, other people and its own detector: train 45.1, validation 115.0, test 90.1"


def _text(score: Score) -> str:
    return f"{score.value:6.1f} [{score.low:.1f}, {score.high:.1f}]".ljust(24)


def _row(run: HeldoutRun, name: str, distances: Floats) -> str:
    heels, toes = (f"{run.score(distances, joints).value:8.1f}" for joints in (HEELS, TOES))
    cameras = "".join(f"{mean:8.1f}" for mean in run.by_camera(distances).values())
    running = f"{run.score_running(distances).value:9.1f}"
    return f"{name:42}{_text(run.score(distances))}{running}{cameras}{heels}{toes}"


def _runner_networks() -> list[Path]:
    paths = sorted(MODEL_FOLDER.glob("*.safetensors"))
    return [path for path in paths if card_of(path).skeleton_out == RUNNER20.name]


def main() -> None:
    if not FOLDER.is_dir():
        print(f"skipped: there is no motion capture of the runner in {FOLDER}")
        return
    run = HeldoutRun.read(FOLDER)
    frames = ", ".join(f"{len(view.frames)} of {view.camera}" for view in run.views)
    print(f"frames at 30 fps with every keypoint in the picture: {frames}; {DRAWS} draws of recorded errors each")
    print(f"mm about the back of the waist, mean of 18 joints, 95 % intervals over {run.resampling.label} of 0.5 s")
    print(
        f"{'':42}{'MPJPE':24}{'running':>9}"
        + "".join(f"{view.camera:>8}" for view in run.views)
        + f"{'heels':>8}{'toes':>8}"
    )
    mean_pose, exact = run.of_mean_pose(), run.with_exact_keypoints()
    print(_row(run, "mean pose of the trials for training", mean_pose))
    compared = run.of_shared(load_network(MODEL_FOLDER / f"{_COMPARED}.safetensors"))
    for path in _runner_networks():
        network = load_network(path)
        told, single = run.of_network(network), run.of_network(network, single=True)
        print(_row(run, path.stem, told))
        print(_row(run, "  height not told", run.of_network(network, told=False)))
        print(_row(run, "  a single frame", single))
        print(_row(run, "  exact keypoints", exact.of_network(network)))
        print(f"  against the mean pose {_text(run.difference(told, mean_pose))}")
        print(f"  against a single frame {_text(run.difference(told, single))}")
        shared = run.of_shared(network)
        ours, theirs, less = run.score(shared), run.score(compared), run.difference(shared, compared)
        print(f"  {len(SHARED)} shared joints {_text(ours)}{_COMPARED} {_text(theirs)}difference {_text(less)}")
    print(_row(run, "points on the skin of the true body", run.of_learned_skin()))
    print(_PUBLISHED)
