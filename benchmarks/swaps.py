"""Left and right exchanged for a while in the keypoints: how often the joints are, during such runs and after.

Runs of 5 to 40 frames, begun and ended abruptly, of the whole body, the arms or the legs, put into what
BlazePose finds in the rendered clips.  A frame counts if the part is nearer to the truth with its sides
exchanged.  Before: the bare network.  After: as `run` and `lift` do it, with the guard on the keypoints and
what mends joints that contradict their keypoints.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import torch

from realtime.camera import Intrinsics, camera_to_published
from realtime.detectors import open_detector
from realtime.estimation.person import PersonChain, size_factor
from realtime.lifting.model_files import Network, load_network
from realtime.lifting.sequence import SequenceLifter
from realtime.lifting.streaming import StreamingLifter
from realtime.metrics import about_hips
from realtime.pose import Detection, Frame, Pose2D
from realtime.skeleton import COCO_FEET21, H36M17, LIMB_JOINTS
from realtime.sources.clip import Clip as Recording
from realtime.sources.video import VideoFile
from realtime.stages import all_frames
from realtime.tracking.outliers import KeypointGuard
from realtime.training.evaluation.truth_clips import Clip, find_clips
from realtime.window import PoseWindow

from .swap_runs import PARTS, Floats, Run, Track, is_exchanged, random_runs

HERE = Path(__file__).parent
MODELS = HERE.parent / "model"
RUNS = 504
_BLACK = np.zeros((1, 1, 3), np.uint8)


def track(clip: Clip) -> Track:
    """What BlazePose finds in a clip, frame by frame; a person is in view in all of them."""
    with closing(open_detector("blazepose")) as detect, closing(Recording(VideoFile(clip.video))) as source:
        found = [(frame.index, people[0].keypoints) for frame in all_frames(source) if (people := detect(frame))]
    return Track(
        clip.name, [pose.select(COCO_FEET21) for _, pose in found], clip.limbs()[[index for index, _ in found]]
    )


def bare(network: Network, poses: Iterable[Pose2D]) -> Floats:
    """The network's own joints (T, 17, 3) m, camera axes, of a person of the assumed height."""
    poses, lift = list(poses), SequenceLifter(network)
    window = PoseWindow(len(poses), len(network.card.keypoints))
    for pose in poses:
        window.push(pose.select(network.card.keypoints))
    return size_factor(lift, None) * lift(window)


def mended(network: Network, poses: Iterable[Pose2D]) -> Floats:
    """Joints as they are published, but in camera axes."""
    chain = PersonChain(StreamingLifter(network), guard=KeypointGuard(), intrinsics=Intrinsics())
    estimates = [estimate for pose in poses for estimate in chain.push(pose, _detection(pose))]
    xyz = np.array([estimate.pose.xyz for estimate in [*estimates, *chain.finish()]])
    return xyz @ camera_to_published()


def _detection(pose: Pose2D) -> Detection:
    return Detection(Frame(_BLACK, pose.index, pose.t_capture_ns, pose.t_unix_ns), (pose,), 0.0, 0)


def exchanged_shares(runs: Sequence[Run], answers: Sequence[Floats]) -> Iterator[str]:
    """For each part: the share of exchanged frames during the runs, of the first three after, and of the rest."""
    for part in PARTS:
        wrong = [run.wrong(joints) for run, joints in zip(runs, answers, strict=True) if run.part == part]
        during = np.concatenate([flags for flags, _ in wrong])
        soon, later = (np.concatenate([flags[where] for _, flags in wrong]) for where in (slice(3), slice(3, None)))
        yield f"{part} {during.mean():6.1%} {soon.mean():6.1%} {later.mean():7.2%} ({later.sum()})"


def clean_mpjpe_mm(tracks: Sequence[Track], answers: Sequence[Floats]) -> float:
    """Over all frames of the tracks as they are."""
    limbs = H36M17.indices(LIMB_JOINTS)
    errors = [
        np.linalg.norm(about_hips(joints, H36M17)[:, limbs] - track.true, axis=-1).mean(1)
        for track, joints in zip(tracks, answers, strict=True)
    ]
    return 1000 * float(np.concatenate(errors).mean())


def clean_shares(tracks: Sequence[Track], answers: Sequence[Floats]) -> str:
    """The same without runs, with the MPJPE over all frames."""
    wrong = {
        part: sum(is_exchanged(joints, one.true, part).sum() for one, joints in zip(tracks, answers, strict=True))
        for part in PARTS
    }
    return f"without runs {', '.join(map(str, wrong.values()))} frames, {clean_mpjpe_mm(tracks, answers):.1f} mm"


def report(network: Network, tracks: Sequence[Track], runs: Sequence[Run]) -> None:
    """Print the figures of one network."""
    print(network.label)
    for name, lifted in (("before", bare), ("after", mended)):
        shares = " | ".join(exchanged_shares(runs, [lifted(network, run.poses()) for run in runs]))
        clean = clean_shares(tracks, [lifted(network, one.poses) for one in tracks])
        print(f"  {name:<7}{shares} | {clean}", flush=True)


def main() -> None:
    tracks = [track(clip) for clip in [*find_clips(str(HERE / "clips")), *find_clips("demo")]]
    runs = random_runs(tracks, RUNS)
    torch.set_num_threads(1)
    print(f"{RUNS} runs on {len(tracks)} clips; part: frames exchanged during a run, 1 to 3 and 4 to 30 after it")
    for path in sorted(MODELS.glob("*.safetensors")):
        report(load_network(path), tracks, runs)
