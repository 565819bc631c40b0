"""Every flag of VideoPose3D's run.py, and what it means here.

Names and arguments are those of common/arguments.py in
https://github.com/facebookresearch/VideoPose3D, which RunningPose and the Atlas port kept.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from ...runtime.arguments import Parser, flag_type, number
from ...settings import settings_parser

# What becomes of a flag: it is done, it makes no difference here (which is said), or it asks
# for something that another command does (which is said, and nothing is done).
DONE, IGNORED, ELSEWHERE = "done", "ignored", "elsewhere"

GROUP = "command lines of VideoPose3D, RunningPose and the Atlas port"
ABOUT = (
    "They are translated to what `python -m realtime lift` is made of: the whole recording is lifted as the old "
    "program did it, exported and drawn.  What becomes of every other old flag is in docs/legacy.md."
)

_MOST = 1 << 31
_TRAIN = "training is python -m realtime train (docs/training.md)"
_SEMI = "semi-supervised training is not offered; training on motion is python -m realtime train"
_MEASURE = "errors are measured by python -m realtime evaluate"


class OldFlag(NamedTuple):
    """`names`: as written before; `takes`: the name of its value, '' for a switch; `does`:
    DONE, IGNORED or ELSEWHERE; `says`: what it means here."""

    names: tuple[str, ...]
    takes: str
    does: str
    says: str

    @property
    def key(self) -> str:
        """Its name in the parsed command line."""
        return "old_" + max(self.names, key=len).lstrip("-").replace("-", "_")


OLD_FLAGS = (
    OldFlag(("-d", "--dataset"), "NAME", DONE, "custom or runningpose"),
    OldFlag(("-k",), "NAME", DONE, "the keypoints in data/data_2d_custom_NAME.npz, or here; also --keypoints NAME"),
    OldFlag(("-c", "--checkpoint"), "DIR", DONE, "folder of the network (default: checkpoint)"),
    OldFlag(("--evaluate",), "FILE", DONE, "the network's file in that folder"),
    OldFlag(("-arc", "--architecture"), "N,N", DONE, "compared with the widths of the network in the file"),
    OldFlag(("-ch", "--channels"), "N", DONE, "compared with the channels of the network in the file"),
    OldFlag(("--causal",), "", DONE, "a checkpoint that does not say so itself is of a causal network"),
    OldFlag(("-no-tta", "--no-test-time-augmentation"), "", DONE, "no mean with the mirrored keypoints' joints"),
    OldFlag(("--render",), "", DONE, "write what --viz-output and --viz-export name"),
    OldFlag(("--viz-subject",), "VIDEO", DONE, "which video of the keypoints"),
    OldFlag(("--viz-action",), "NAME", DONE, "which action of it: custom"),
    OldFlag(("--viz-camera",), "N", DONE, "which camera of it, counted from 0 (default: 0)"),
    OldFlag(("--viz-video",), "FILE", DONE, "the video itself, for the film (default: a grey ground)"),
    OldFlag(("--viz-output",), "FILE", DONE, "the film, .mp4 or .gif; never in the place of another file"),
    OldFlag(("--viz-export",), "FILE", DONE, "the joints, .npy: (T, 17, 3) m in camera axes; also only a new file"),
    OldFlag(("--viz-skip",), "N", DONE, "the film leaves out the first N frames (default: 0)"),
    OldFlag(("--viz-limit",), "N", DONE, "the film ends with the N-th frame of the video (default: -1, all)"),
    OldFlag(("--viz-downsample",), "N", DONE, "the film shows every N-th frame (default: 1)"),
    OldFlag(("--viz-size",), "N", DONE, "the panels are N x 100 px high, within 360 to 720 (default: the video's)"),
    OldFlag(("--viz-bitrate",), "N", IGNORED, "the encoder keeps a quality, not a rate"),
    OldFlag(("--viz-no-ground-truth",), "", IGNORED, "custom keypoints come without a truth to show"),
    OldFlag(("-a", "--actions"), "LIST", IGNORED, "--viz-action says which"),
    OldFlag(("-ste", "--subjects-test"), "LIST", IGNORED, "--viz-subject says which"),
    OldFlag(("--disable-optimizations",), "", IGNORED, "the form they turn off gives the same joints"),
    OldFlag(("--no_kp_probs",), "", IGNORED, "keypoints' probabilities do not go into the network"),
    OldFlag(("--by-subject",), "", ELSEWHERE, _MEASURE),
    OldFlag(("--dense",), "", ELSEWHERE, "networks of dense convolutions are not read; take a dilated one"),
    OldFlag(("-r", "--resume"), "FILE", ELSEWHERE, f"{_TRAIN}; it begins with a network of ours by --start"),
    OldFlag(("-str", "--subjects-train"), "LIST", ELSEWHERE, _TRAIN),
    OldFlag(("-sun", "--subjects-unlabeled"), "LIST", ELSEWHERE, _SEMI),
    OldFlag(("--checkpoint-frequency",), "N", ELSEWHERE, _TRAIN),
    OldFlag(("--export-training-curves",), "", ELSEWHERE, _TRAIN),
    OldFlag(("-s", "--stride"), "N", ELSEWHERE, _TRAIN),
    OldFlag(("-e", "--epochs"), "N", ELSEWHERE, _TRAIN),
    OldFlag(("-b", "--batch-size"), "N", ELSEWHERE, _TRAIN),
    OldFlag(("-drop", "--dropout"), "P", ELSEWHERE, _TRAIN),
    OldFlag(("-lr", "--learning-rate"), "LR", ELSEWHERE, _TRAIN),
    OldFlag(("-lrd", "--lr-decay"), "LR", ELSEWHERE, _TRAIN),
    OldFlag(("-no-da", "--no-data-augmentation"), "", ELSEWHERE, _TRAIN),
    OldFlag(("--subset",), "X", ELSEWHERE, _TRAIN),
    OldFlag(("--downsample",), "N", ELSEWHERE, f"{_TRAIN}; of a film it is --viz-downsample"),
    OldFlag(("--no-eval",), "", ELSEWHERE, _TRAIN),
    OldFlag(("--warmup",), "N", ELSEWHERE, _SEMI),
    OldFlag(("--linear-projection",), "", ELSEWHERE, _SEMI),
    OldFlag(("--no-bone-length",), "", ELSEWHERE, _SEMI),
    OldFlag(("--no-proj",), "", ELSEWHERE, _SEMI),
)


def is_videopose3d(argv: Sequence[str] | None = None) -> bool:
    """Whether a command line is an old one.  One that asks for help counts: the help tells
    the old flags and the new."""
    words = {word.partition("=")[0] for word in (sys.argv[1:] if argv is None else argv)}
    return bool(words & {"-h", "--help", *(name for flag in OLD_FLAGS for name in flag.names)})


def parser() -> Parser:
    """The flags of run.py with the old ones in a group of their own.  An old flag that is
    only answered with a line is not in the help."""
    flags = settings_parser()
    group = flags.add_argument_group(GROUP, ABOUT)
    for flag in OLD_FLAGS:
        about: dict[str, Any] = {"action": "store_const", "const": True}
        if flag.takes:
            about = {"metavar": flag.takes, "type": _VALUES.get(flag.key, str)}
        shown = flag.says if flag.does == DONE else argparse.SUPPRESS
        group.add_argument(*flag.names, dest=flag.key, help=shown, **about)
    return flags


def _widths(text: str) -> tuple[int, ...]:
    with suppress(ValueError):
        return tuple(int(width) for width in text.split(","))
    raise argparse.ArgumentTypeError(f"takes widths like 3,3,3,3,3, not {text[:40]!r}")


_VALUES: dict[str, Callable[[str], Any]] = {
    "old_architecture": _widths,
    "old_channels": flag_type(number(int, 1, _MOST, below=True)),
    "old_viz_camera": flag_type(number(int, 0, _MOST, below=True)),
    "old_viz_skip": flag_type(number(int, 0, _MOST, below=True)),
    "old_viz_limit": flag_type(number(int, -1, _MOST, below=True)),
    "old_viz_downsample": flag_type(number(int, 1, _MOST, below=True)),
    "old_viz_size": flag_type(number(int, 1, _MOST, below=True)),
}
