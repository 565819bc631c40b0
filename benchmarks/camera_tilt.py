"""The tilt of the camera, estimated (`--camera-pitch auto`): the constants of kinematics/camera_tilt.py from
training people, and the errors on held-out people, their squats, and the clips.

Each person moves for 12 s under one virtual camera, with recorded detector errors, as in training.  Motion
capture is taken from ../shared, where it is there, for it may not be in the project.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from realtime.camera import DEFAULT_FOV_DEG, Points, camera_to_published, solve_root
from realtime.detectors import open_detector
from realtime.estimation import build
from realtime.kinematics import camera_tilt
from realtime.kinematics.camera_tilt import COLUMNS, FACING, LEGS, TRUNK, estimated_pitch, upright_sample
from realtime.metrics import about_hips
from realtime.settings import settings_from
from realtime.skeleton import COCO17, H36M17, LIMB_JOINTS
from realtime.sources import Request, open_source
from realtime.stages import all_frames

HERE = Path(__file__).parent
DATA = HERE.parents[1] / "shared" / "data" / "mocap"
MODEL = "causal-27"
FRAMES, CHUNK, RATE_HZ, EVERY = 360, 90, 30, 3
TRAINED, HELD_OUT, SQUATTERS = 600, 400, 60
SQUATS, SQUAT_CLIP = "deep squat", "squat_front_quarter"
DEEPEST = 0.2  # share of the frames of a squat whose depth is compared
CACHE = Path("out_files/cache")
BINS_DEG = ((-45, 45), (-3, 3), (-45, -10), (-10, -3), (3, 10), (10, 20), (20, 45))
CLOSE = 0.06  # of unit vectors, from where a recording counts less in the fit

_LIMBS, _LIMBS_2D = H36M17.indices(LIMB_JOINTS), COCO17.indices(LIMB_JOINTS)


class Recordings:
    """`lifted` and `true` joints (N, T, 17, 3) about the pelvis, `roots` (N, T, 3) as solved, all in camera axes, and
    `rotation` (N, 3, 3) from the world's (z up) to these."""

    def __init__(self, lifted: Any, roots: Any, true: Any, rotation: Any) -> None:
        self.lifted, self.roots, self.true, self.rotation = lifted, roots, true, rotation

    @property
    def pitch_deg(self) -> Points:
        """Of the cameras, (N,)."""
        up = self.rotation[:, :, 2]
        pitch: Points = np.degrees(np.arctan2(-up[:, 2], -up[:, 1]))
        return pitch

    def samples(self, number: int) -> Points:
        """(n, 6): those of one recording."""
        pairs = zip(self.lifted[number, ::EVERY], self.roots[number, ::EVERY], strict=True)
        found = (upright_sample(joints, root, H36M17) for joints, root in pairs)
        return np.array([s for s in found if s is not None], np.float64).reshape(-1, COLUMNS)

    def mpjpe_mm(self, number: int, pitch_deg: float) -> float:
        """Of the limbs against gravity, with the joints levelled by a pitch."""
        up = self.rotation[number, :, 2]
        away = np.array([0, 0, 1]) - up * up[2]
        level = np.stack([np.cross(away, up), away, up]) / [[np.linalg.norm(away)], [np.linalg.norm(away)], [1]]
        ours = about_hips(self.lifted[number], H36M17)[:, _LIMBS] @ camera_to_published(pitch_deg).T
        true = about_hips(self.true[number], H36M17)[:, _LIMBS] @ level.T
        return float(1e3 * np.linalg.norm(ours - true, axis=-1).mean())


def recordings(held_out: bool, count: int, seed: int, activity: str = "") -> Recordings:
    """People of either side of the split, each under one camera; who do one thing, if it is named."""
    import torch

    from realtime.training.mocap.activities import activity_of
    from realtime.training.mocap.canonical25 import CANONICAL25, CANONICAL25_TO_H36M, SAMPLED
    from realtime.training.mocap.corpora import load, split
    from realtime.training.synthesis.noise import PERSON_HEIGHT_M
    from realtime.training.synthesis.recorded_errors import load_bank
    from realtime.training.synthesis.virtual_cameras import CameraRanges, as_if_fov, place, rays

    device = torch.device("cpu")
    rng, generator = np.random.default_rng(seed), torch.Generator().manual_seed(seed)
    motions, bank = split(load(DATA, CACHE))[held_out], load_bank(device, held_out)
    if activity:
        labels = [activity_of(*names) for names in zip(motions.corpus, motions.clip, strict=True)]
        motions = motions.select(np.array(labels) == activity)
    lengths, folders = np.diff(motions.starts), [corpus.folder for corpus in motions.corpora]
    share = np.array([motions.corpora[folders.index(c)].weight for c in motions.corpus])
    share = share * lengths / np.array([lengths[motions.corpus == c].sum() for c in motions.corpus])
    points = np.empty((count, FRAMES, SAMPLED, 3), np.float32)
    for n, clip in enumerate(rng.choice(len(lengths), count, p=share / share.sum())):
        last = lengths[clip] - 1
        at = rng.integers(0, max(1, lengths[clip] - 2 * FRAMES)) + 2 * np.arange(FRAMES)
        to_and_fro = np.abs((at + last) % (2 * last) - last)
        points[n] = motions.points[motions.starts[clip] + to_and_fro, :SAMPLED]
    world = torch.from_numpy(points)
    views = place(world[:, ::10].reshape(count, 1, -1, 3), CameraRanges(), generator)
    camera = views.see(world)
    seen = rays(camera[:, :, CANONICAL25.indices(COCO17.joints)])
    step_s = torch.full((count,), 1 / RATE_HZ)
    for start in range(0, FRAMES, CHUNK):
        chunk = slice(start, start + CHUNK)
        height = PERSON_HEIGHT_M / camera[:, chunk, 0, 2].mean(1).clamp(min=0.5)
        seen[:, chunk] += bank.draw(seen[:, chunk].clone(), height, step_s, generator, CHUNK // 2)
    known = torch.rand(count, generator=generator) < 0.5
    assumed = torch.where(known, views.fov_deg, torch.full_like(views.fov_deg, DEFAULT_FOV_DEG))
    seen = as_if_fov(seen, views.fov_deg, assumed)

    joints, roots = lifted(seen)
    true = camera[:, :, CANONICAL25_TO_H36M].numpy()
    return Recordings(joints, roots, true, views.rotation.numpy().astype(np.float64))


def lifted(seen: Any) -> tuple[Any, Any]:
    """Joints (N, T, 17, 3) of keypoints as rays (N, T, 17, 2), and the roots (N, T, 3) of every third frame."""
    import torch

    from realtime.lifting.features import feature_set
    from realtime.lifting.model_files import find_model, load_network

    network = load_network(find_model(MODEL, 27))
    features, future = feature_set(network.card.features, COCO17), network.card.config.lookahead
    past = network.card.config.receptive_field - 1 - future
    answers = []
    with torch.inference_mode():
        for some in seen.split(8):
            hips = features.hip_ray(some)
            channels = features.encode(some, hips)
            first, last = channels[:, :1].repeat(1, past, 1), channels[:, -1:].repeat(1, future, 1)
            padded = torch.cat([first, channels, last], 1)
            answers.append(features.decode(network.net(padded), hips).numpy())
    joints, weight = np.concatenate(answers), np.ones(len(_LIMBS), np.float32)
    roots = np.full((*joints.shape[:2], 3), np.nan, np.float32)
    for n, t in np.ndindex(joints.shape[:2]):
        if t % EVERY == 0:
            root = solve_root(joints[n, t, _LIMBS], seen[n, t, _LIMBS_2D].numpy(), weight)
            roots[n, t] = np.nan if root is None else root
    return joints, roots


def fitted(people: Recordings) -> Points:
    """The weights of trunk, legs and facing that give the true vertical, robustly (Huber)."""
    parts, ups = [], []
    before = camera_tilt.TRUNK, camera_tilt.LEGS, camera_tilt.FACING
    try:
        for n in np.flatnonzero(np.abs(people.pitch_deg) < 45):
            columns = []
            for unit in np.eye(3):
                camera_tilt.TRUNK, camera_tilt.LEGS, camera_tilt.FACING = unit
                columns.append(people.samples(n)[:, :2])
            if len(columns[0]) >= 20:
                parts.append(np.stack(columns, -1).mean(0))
                ups.append(people.rotation[n, 1:, 2])
    finally:
        camera_tilt.TRUNK, camera_tilt.LEGS, camera_tilt.FACING = before
    rows, wanted, share = np.concatenate(parts), np.concatenate(ups), np.ones(2 * len(ups))
    weights = np.zeros(3)
    for _ in range(20):
        weights = np.linalg.lstsq(rows * share[:, None], wanted * share, rcond=None)[0]
        off = np.linalg.norm((wanted - rows @ weights).reshape(-1, 2), axis=1)
        share = np.repeat(np.sqrt(np.minimum(1, CLOSE / np.maximum(off, 1e-9))), 2)
    return weights


def print_people(people: Recordings) -> None:
    """Errors of the pitch, and of levelled joints with 0, auto and the true pitch, by the pitch of the camera."""
    true_deg = people.pitch_deg
    found = [estimated_pitch(people.samples(n)) for n in range(len(true_deg))]
    auto = np.array([0.0 if pitch is None else pitch for pitch in found])
    told = np.array([pitch is not None for pitch in found])
    mm = np.array([[people.mpjpe_mm(n, p) for p in (0.0, auto[n], true_deg[n])] for n in range(len(true_deg))])
    print(f"  told in {told[np.abs(true_deg) < 45].mean():.1%}; the others count with 0")
    print("  pitch             n   error °, median / p90: 0       auto         MPJPE, level axes: 0   auto   true")
    for low, high in BINS_DEG:
        some = (true_deg >= low) & (true_deg < high)
        zero, ours = (np.quantile(np.abs(p[some] - true_deg[some]), (0.5, 0.9)) for p in (0 * auto, auto))
        print(
            f"  {low:4}° to {high:3}°   {some.sum():4}                   {zero[0]:5.1f} / {zero[1]:4.1f}"
            f"   {ours[0]:4.1f} / {ours[1]:4.1f}                   {'   '.join(f'{x:5.1f}' for x in mm[some].mean(0))}",
            flush=True,
        )


def depth_errors_cm(joints: Points, true: Points, pitches: Sequence[float]) -> Points:
    """Of the hips against the knees in the deepest frames, levelled by each pitch; the last one is true."""
    level = depths_cm(true, pitches[-1])
    low = level > np.quantile(level, 1 - DEEPEST)
    return np.array([(depths_cm(joints, pitch) - level)[low].mean() for pitch in pitches])


def print_squats(people: Recordings) -> None:
    """The error of the depth of squats with 0, auto and the true pitch."""
    true_deg, errors = people.pitch_deg, []
    for n in np.flatnonzero(np.abs(true_deg) < 45):
        found = estimated_pitch(people.samples(n))
        pitches = 0.0, 0.0 if found is None else found, float(true_deg[n])
        errors.append(np.abs(depth_errors_cm(people.lifted[n], people.true[n], pitches)))
    print(f"  depth, hips against knees, mean error with 0, auto, true pitch: {np.round(np.mean(errors, 0), 1)} cm")


def depths_cm(joints: Points, pitch_deg: float) -> Points:
    """How far the hips are below the knees, (T,)."""
    height = joints @ camera_to_published(pitch_deg)[2]
    hips, knees = (height[:, H36M17.indices((f"left_{part}", f"right_{part}"))].mean(1) for part in ("hip", "knee"))
    depth: Points = 100 * (knees - hips)
    return depth


def print_clips() -> None:
    """The eight clips and the demo: the pitch, and the error of levelled joints and squats."""
    from realtime.training.evaluation.truth_clips import find_clips

    print("  clip                     true °   auto        MPJPE, level axes: 0   auto   true")
    for clip in [*find_clips(str(HERE / "clips")), *find_clips("demo")]:
        with np.load(clip.truth) as truth:
            true, rotation = truth["joints_3d_camera"], truth["R"]
        with (
            closing(open_source(Request(str(clip.video), realtime=False))) as source,
            closing(open_detector("blazepose")) as detector,
        ):
            estimator = build.estimator(settings_from(source="demo", camera_pitch="auto"), detector)
            poses = [e.pose for e in estimator.run(all_frames(source)) if e.pose.valid]
        joints = np.stack([pose.xyz @ camera_to_published(pose.pitch_deg) for pose in poses])
        true = true[[pose.index for pose in poses]]
        one, pitch = Recordings(joints[None], None, true[None], rotation[None]), estimator.level.over_all()
        pitches = (0.0, pitch.deg, float(one.pitch_deg[0]))
        mm = "   ".join(f"{one.mpjpe_mm(0, p):5.1f}" for p in pitches)
        print(f"  {clip.name:<24} {pitches[2]:6.1f}   {pitch!s:<22}        {mm}", flush=True)
        if clip.name == SQUAT_CLIP:
            print(f"    depth of its squats, the same: {np.round(depth_errors_cm(joints, true, pitches), 1)} cm")


def main() -> None:
    print(f"constants in use: trunk {TRUNK}, legs {LEGS}, facing {FACING}")
    if DATA.is_dir():
        print(
            f"fitted on {TRAINED} recordings of training people: {np.round(fitted(recordings(False, TRAINED, 1)), 3)}"
        )
        print(f"{HELD_OUT} recordings of held-out people, {MODEL}")
        print_people(recordings(True, HELD_OUT, 2))
        for held_out, who in ((False, "training"), (True, "held-out")):
            print(f"{SQUATTERS} recordings of squats of {who} people")
            print_squats(recordings(held_out, SQUATTERS, 3, SQUATS))
    else:
        print(f"people are left out: {DATA} is not here")
    print("clips, from pixels")
    print_clips()
