"""`infer`: lifts one image, video or keypoint file, and writes the results next to it.

Writes the joints (`<name>_pose.npy`) and a picture (`<name>_pose.png`) of an image or a film
(`<name>_pose.mp4`) of anything else.  For an image, the window is filled with its single pose.  If
`<name>_pose` belongs to another input (me.jpg next to me.mp4), <name> includes the suffix.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..errors import UsageError
from ..formats.recorded_video import video_of
from ..offline.manifest import input_of
from ..offline.preflight import check_libraries
from ..offline.request import LIFT_FLAGS, lift_request, recording_path
from ..runtime.flags import Parser
from ..runtime.hints import command, program
from ..settings import FLAGS
from .lift import INPUT, WRITE, default_outputs, formats_text
from .lift_inputs import run
from .shared_flags import FORCE

_FLAGS = (
    FLAGS["out"].here(default=None, shown="that of the input"),
    WRITE,
    FORCE.here(": lift the input again"),
    *LIFT_FLAGS,
)


def parser() -> Parser:
    """The flags of `infer`."""
    p = Parser(program("infer"), __doc__, epilog=formats_text())
    p.add_argument("input", nargs="?", default=None, metavar="INPUT", help=INPUT)
    p.add_argument("--image", help=argparse.SUPPRESS)
    p.add(*_FLAGS)
    return p


def main(argv: Sequence[str] | None = None) -> int:
    """Lift the input; 0 on success, 1 if it could not be lifted or an output is missing."""
    flags = parser()
    given = flags.given(argv)
    text = _input(given)
    args = flags.with_defaults(given)
    request = lift_request(given)
    refusal = f"infer takes files and folders; cameras and addresses are for {command('run', '--source', 'CAMERA')}"
    path = recording_path(text, refusal)
    source = video_of(path)
    write = args.write or default_outputs(source)
    check_libraries(write)
    folder = Path(args.out) if args.out else Path() if text == "demo" else path.parent
    stem = folder / f"{path.stem}_pose"
    if input_of(stem) not in (None, source.name):
        stem = folder / f"{path.name}_pose"
    return run([request.task(source, stem, write, force=args.force)], jobs=1)


def _input(given: dict[str, Any]) -> str:
    """INPUT, or what follows --image or --video, as earlier versions called it."""
    text, image = given.pop("input"), given.pop("image", None)
    texts = [word for word in (text, image) if word is not None] or [given.pop("video", None)]
    if texts == [None] or len(texts) > 1:
        raise UsageError(f"infer takes one INPUT: {INPUT}; see --help")
    return str(texts[0])
