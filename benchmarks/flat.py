"""Whether a frame costs the same after 100,000 as at the beginning, in time and memory:
replayed keypoints through window, lifter, publisher and recorder."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.stages import program
from realtime.formats.safe.npz import save_npz

FRAMES = 100_000
CHUNK = 10_000


def resident_bytes() -> int:
    """Memory of this process (Linux)."""
    fields = Path("/proc/self/statm").read_text(encoding="ascii").split()
    return int(fields[1]) * 4096


def write_keypoints(path: Path) -> None:
    """A person who sways, as many frames as the run needs; nobody for a second now and then."""
    rng = np.random.default_rng(1)
    base = rng.uniform((250, 100), (390, 400), (17, 2))
    sway = 20 * np.sin(np.arange(FRAMES) / 15)[:, None, None] * (1, 0)
    xy = (base + sway + rng.normal(0, 1, (FRAMES, 17, 2))).astype(np.float32)
    xy[(np.arange(FRAMES) % 1000) > 970] = np.nan
    score = np.where(np.isfinite(xy).all(-1), np.float32(0.9), np.float32(0))
    save_npz(path, format=1, xy=xy, score=score, size_wh=np.array([640, 480]), fps=np.float64(30), skeleton="coco-17")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sway.npz"
        write_keypoints(path)
        with program("--source", str(path)) as whole:
            costs, memory = [], []
            for _ in range(FRAMES // CHUNK):
                start = time.perf_counter()
                whole.loop(max_frames=CHUNK)
                costs.append(1000 * (time.perf_counter() - start) / CHUNK)
                memory.append(resident_bytes())
    for chunk, (ms, used) in enumerate(zip(costs, memory, strict=True)):
        print(f"frames to {(chunk + 1) * CHUNK:>7}: {ms:.3f} ms a frame, {used / 2**20:.1f} MB")
    print(f"last ÷ second chunk {costs[-1] / costs[1]:.2f} (wanted: about 1)")
    print(f"growth after warm-up {(memory[-1] - memory[0]) / 2**20:.2f} MB (wanted: below 1)")
