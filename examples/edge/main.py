"""Keypoints of a video → 3D joints and a film, as on a board: NumPy and ONNX Runtime only.

Nothing of the project is imported: this folder, a network exported as `batch2` or `window`
with its card, and a file of keypoints are all that a board needs.  README.md says how to
make them.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import onnxruntime

# Pairs that change places in a mirror: COCO-17 in, Human3.6M-17 out.
KEYPOINTS_LEFT, KEYPOINTS_RIGHT = [1, 3, 5, 7, 9, 11, 13, 15], [2, 4, 6, 8, 10, 12, 14, 16]
JOINTS_LEFT, JOINTS_RIGHT = [4, 5, 6, 11, 12, 13], [1, 2, 3, 14, 15, 16]


def read_keypoints(path):
    """Pixels (T, 17, 2) without holes, picture size (2,), frames a second."""
    try:
        with np.load(path, allow_pickle=False) as data:
            xy, size_wh, fps = (np.asarray(data[name], np.float32) for name in ("xy", "size_wh", "fps"))
    except (OSError, KeyError, ValueError) as error:
        raise SystemExit(f"error: {path} is no keypoint file of this project ({error}); see README.md") from error
    if xy.ndim != 3 or xy.shape[1:] != (17, 2) or size_wh.shape != (2,) or not np.isfinite(xy).any():
        raise SystemExit(f"error: {path} holds no COCO-17 keypoints but an array of shape {xy.shape}")
    return filled(xy), size_wh, float(fps) or 30.0


def filled(xy):
    """Frames without a person between those with one, linearly."""
    columns = xy.reshape(len(xy), -1)
    for column in columns.T:
        seen = np.flatnonzero(np.isfinite(column))
        column[:] = np.interp(np.arange(len(column)), seen, column[seen]) if len(seen) else 0
    return xy


def rays_of(xy, size_wh, normalise, fov_deg):
    """Pixels → what the network takes, as its card's `normalise` says."""
    spread = 1.0 if normalise == "width" else np.tan(np.radians(fov_deg) / 2)
    side = size_wh[0] if normalise == "width" else size_wh.max()
    return ((2 * xy - size_wh) / (side / spread)).astype(np.float32)


def mirrored(points, left, right):
    """Left to the right and right to the left: the sign of x, and the names."""
    turned = points * np.array([-1, *[1] * (points.shape[-1] - 1)], np.float32)
    turned[..., left + right, :] = turned[..., right + left, :]
    return turned


def lift(session, rays, causal):
    """Rays (T, 17, 2) → joints (T, 17, 3): metres about the pelvis, x right, y down, z ahead."""
    batch, frames = session.get_inputs()[0].shape[:2]
    before = frames - 1 if causal else frames // 2
    padded = np.pad(rays, ((before, frames - 1 - before), (0, 0), (0, 0)), mode="edge")
    other = mirrored(padded, KEYPOINTS_LEFT, KEYPOINTS_RIGHT)
    joints = np.empty((len(rays), 17, 3), np.float32)
    for t in range(len(rays)):
        window = [sequence[t : t + frames] for sequence in (padded, other)[:batch]]
        (answer,) = session.run(["joints"], {"rays": np.stack(window)})
        answers = [answer[0, 0], *(mirrored(a[0], JOINTS_LEFT, JOINTS_RIGHT) for a in answer[1:])]
        joints[t] = np.mean(answers, 0)
    return joints


def open_network(path):
    """ONNX Runtime's session and the card beside the file."""
    try:
        card = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        form = card["onnx"]["form"]
        session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's faults have no common base
        reason = str(error).splitlines()[0]
        raise SystemExit(f"error: {path} is no exported network with its card ({reason})") from error
    if form not in ("batch2", "window"):
        raise SystemExit(f"error: {path} is of the form {form}; export it with --form batch2 or --form window")
    return session, card


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--input_vid_name", type=Path, required=True, help="the video; its keypoints are in <this>.npz")
    add("--output_dir", type=Path, default=Path("./output"), help="folder of output.mp4 and joints.npy")
    add("--model", type=Path, default=Path("model.onnx"), help="exported network, its card beside it")
    add("--fov", type=float, default=60.0, help="degrees over the picture's long side, if the network wants rays")
    return parser.parse_args()


def main():
    args = arguments()
    film, joints_file = args.output_dir / "output.mp4", args.output_dir / "joints.npy"
    for path in (film, joints_file):
        if path.exists():
            raise SystemExit(f"error: {path} exists already; give another --output_dir")
    xy, size_wh, fps = read_keypoints(args.input_vid_name.with_name(args.input_vid_name.name + ".npz"))
    session, card = open_network(args.model)
    start_s = time.perf_counter()
    joints = lift(session, rays_of(xy, size_wh, card["normalise"], args.fov), card["architecture"]["causal"])
    took_s = time.perf_counter() - start_s
    args.output_dir.mkdir(parents=True, exist_ok=True)
    with joints_file.open("xb") as file:  # x: never over a file that another run has written meanwhile
        np.save(file, joints)
    print(f"{len(joints)} frames in {took_s:.2f} s, {1000 * took_s / len(joints):.2f} ms each: {joints_file}")

    from drawing import write_film  # PyAV is wanted only for this

    write_film(film, args.input_vid_name, xy, size_wh, joints, fps)
    print(film)


if __name__ == "__main__":
    main()
