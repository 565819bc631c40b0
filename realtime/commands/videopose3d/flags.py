"""Every flag of VideoPose3D's run.py, and what it means here.

Names and arguments are from common/arguments.py in
https://github.com/facebookresearch/VideoPose3D; RunningPose and the Atlas port use the same.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from ...runtime.arguments import Reader, number
from ...runtime.flags import Flag, Parser
from ...runtime.hints import command
from ...settings import settings_parser

# Of their flags, --keypoints (which is -k) and --causal are also flags of run.py, in settings.py.
# How a flag is handled: it is supported; it is ignored with a note, because it has no effect
# here; or it is an error, because it belongs to another command.
DONE, IGNORED, ELSEWHERE = "done", "ignored", "elsewhere"

GROUP = "VideoPose3D command lines (also of RunningPose and the Atlas port)"
ABOUT = f"""\
With these flags the whole recording is lifted at once, as VideoPose3D does, and exported or
drawn.  For new work use `{command("lift")}`.  Every other VideoPose3D flag is described in
docs/videopose3d.md.
"""

_MOST = 1 << 31
_TRAIN = f"to train, use {command('train')} (docs/training.md)"
_SEMI = f"semi-supervised training is not supported; to train on motion capture, use {command('train')}"
_MEASURE = f"to measure errors, use {command('evaluate')}"


class OldFlag(NamedTuple):
    """A VideoPose3D flag.  `names`: its spellings; `metavar`: of its value, '' for a switch;
    `does`: DONE, IGNORED or ELSEWHERE; `meaning`: what it means here, or what to use instead."""

    names: tuple[str, ...]
    metavar: str
    does: str
    meaning: str

    @property
    def key(self) -> str:
        """Its attribute in the parsed command line."""
        return "old_" + max(self.names, key=len).lstrip("-").replace("-", "_")


OLD_FLAGS = (
    OldFlag(("-d", "--dataset"), "NAME", DONE, "custom or runningpose"),
    OldFlag(
        ("-k",),
        "NAME",
        DONE,
        "keypoints: data_2d_custom_NAME.npz in data/ or the current folder; also --keypoints NAME",
    ),
    OldFlag(("-c", "--checkpoint"), "DIR", DONE, "folder of the network (default: checkpoint)"),
    OldFlag(("--evaluate",), "FILE", DONE, "file of the network in that folder"),
    OldFlag(("-arc", "--architecture"), "N,N", DONE, "filter widths; must match the network in the file"),
    OldFlag(("-ch", "--channels"), "N", DONE, "channels; must match the network in the file"),
    OldFlag(("-no-tta", "--no-test-time-augmentation"), "", DONE, "do not average with the mirrored keypoints"),
    OldFlag(("--render",), "", DONE, "required; write --viz-output, --viz-export or both"),
    OldFlag(("--viz-subject",), "VIDEO", DONE, "name of the video in the keypoint file"),
    OldFlag(("--viz-action",), "NAME", DONE, "action of the video in the keypoint file: custom"),
    OldFlag(("--viz-camera",), "N", DONE, "camera of the video, counted from 0 (default: 0)"),
    OldFlag(("--viz-video",), "FILE", DONE, "video to draw the keypoints on (default: a grey background)"),
    OldFlag(("--viz-output",), "FILE", DONE, "film to write, .mp4 or .gif; must not exist"),
    OldFlag(("--viz-export",), "FILE", DONE, "joints to write, .npy: (T, 17, 3) m in camera axes; must not exist"),
    OldFlag(("--viz-skip",), "N", DONE, "skip the first N frames in the film (default: 0)"),
    OldFlag(("--viz-limit",), "N", DONE, "end the film with the N-th frame of the video (default: -1, all)"),
    OldFlag(("--viz-downsample",), "N", DONE, "show only every N-th frame in the film (default: 1)"),
    OldFlag(("--viz-size",), "N", DONE, "height of the panels, N x 100 px, within 360 to 720 (default: as the video)"),
    OldFlag(("--viz-bitrate",), "N", IGNORED, "the encoder uses a constant quality, not a bit rate"),
    OldFlag(("--viz-no-ground-truth",), "", IGNORED, "custom keypoints have no ground truth to show"),
    OldFlag(("-a", "--actions"), "LIST", IGNORED, "--viz-action selects the action"),
    OldFlag(("-ste", "--subjects-test"), "LIST", IGNORED, "--viz-subject selects the video"),
    OldFlag(("--disable-optimizations",), "", IGNORED, "the optimised form gives the same joints"),
    OldFlag(("--no_kp_probs",), "", IGNORED, "keypoint probabilities are never network inputs here"),
    OldFlag(("--by-subject",), "", ELSEWHERE, _MEASURE),
    OldFlag(("--dense",), "", ELSEWHERE, "networks with dense convolutions are not supported; use a dilated one"),
    OldFlag(("-r", "--resume"), "FILE", ELSEWHERE, f"{_TRAIN}; its --start initialises from an existing network"),
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
    OldFlag(("--downsample",), "N", ELSEWHERE, f"{_TRAIN}; for the film, use --viz-downsample"),
    OldFlag(("--no-eval",), "", ELSEWHERE, _TRAIN),
    OldFlag(("--warmup",), "N", ELSEWHERE, _SEMI),
    OldFlag(("--linear-projection",), "", ELSEWHERE, _SEMI),
    OldFlag(("--no-bone-length",), "", ELSEWHERE, _SEMI),
    OldFlag(("--no-proj",), "", ELSEWHERE, _SEMI),
)


def is_videopose3d(argv: Sequence[str] | None = None) -> bool:
    """Whether this is a VideoPose3D command line.  One that asks for help counts as such: the
    help lists both kinds of flags."""
    words = {word.partition("=")[0] for word in (sys.argv[1:] if argv is None else argv)}
    return bool(words & {"-h", "--help", *(name for flag in OLD_FLAGS for name in flag.names)})


def parser() -> Parser:
    """The flags of run.py, with the VideoPose3D flags in a separate group.  Of those, the help
    lists only the supported ones."""
    flags = settings_parser()
    group = flags.add_argument_group(GROUP, ABOUT)
    for flag in OLD_FLAGS:
        about: dict[str, Any] = {"action": "store_const", "const": True}
        if flag.metavar:
            read = _READERS.get(flag.key, str)
            about = {"metavar": flag.metavar, "type": Flag(flag.names[-1], read, flag.metavar, flag.meaning).value}
        help_text = flag.meaning if flag.does == DONE else argparse.SUPPRESS
        group.add_argument(*flag.names, dest=flag.key, help=help_text, **about)
    return flags


def _widths(text: str) -> tuple[int, ...]:
    with suppress(ValueError):
        return tuple(int(width) for width in text.split(","))
    raise ValueError("widths like 3,3,3,3,3")


_READERS: dict[str, Reader] = {
    "old_architecture": _widths,
    "old_channels": number(int, 1, _MOST, below=True),
    "old_viz_camera": number(int, 0, _MOST, below=True),
    "old_viz_skip": number(int, 0, _MOST, below=True),
    "old_viz_limit": number(int, -1, _MOST, below=True),
    "old_viz_downsample": number(int, 1, _MOST, below=True),
    "old_viz_size": number(int, 1, _MOST, below=True),
}
