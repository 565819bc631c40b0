"""`infer`: lifts one image or one video, and writes the results next to it.

Writes the joints (`<name>_pose.npy`) and a picture (`<name>_pose.png`) of an image or a film
(`<name>_pose.mp4`) of a video.  For an image, the window is filled with its single pose.  If
`<name>_pose` belongs to another input (me.jpg next to me.mp4), <name> includes the suffix.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from ..errors import UsageError
from ..formats.recorded_video import video_of
from ..offline.manifest import input_of
from ..offline.task import Task
from ..runtime.arguments import Parser
from ..runtime.hints import command
from ..settings import Settings, add_flags, checked
from ..sources.image_file import contains_several
from ..sources.request import is_image
from .lift import SETTINGS, default_outputs
from .lift_inputs import run


def parser() -> Parser:
    """The flags of `infer`."""
    p = Parser(
        prog=command("infer"),
        description=__doc__,
        argument_default=argparse.SUPPRESS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    what = p.add_mutually_exclusive_group(required=True)
    what.add_argument("--image", type=Path, metavar="FILE", help="an image")
    what.add_argument("--video", type=Path, metavar="FILE", dest="clip", help="a video, or the folder of a recording")
    p.add_argument(
        "--force", action="store_true", default=False, help="process the input again and replace its results"
    )
    add_flags(p, [*(name for name in SETTINGS if name != "video"), "fps"])
    return p


def main(argv: Sequence[str] | None = None) -> int:
    """Lift the input; 0 on success, 1 if it could not be lifted."""
    given = vars(parser().parse_strictly(argv))
    force, image, clip = given.pop("force"), given.pop("image", None), given.pop("clip", None)
    path: Path = image or clip
    _check_flag(path, is_given_as_image=bool(image))
    source = video_of(path)
    settings = Settings(**checked(given), source=str(source), realtime=False)
    stem = path.with_name(f"{path.stem}_pose")
    if input_of(stem) not in (None, source.name):
        stem = path.with_name(f"{path.name}_pose")
    return run([Task(settings, stem, default_outputs(source), force=force)], jobs=1)


def _check_flag(path: Path, *, is_given_as_image: bool) -> None:
    """Raise UsageError for a video as --image or an image as --video; animations are videos."""
    several = contains_several(path)
    if is_given_as_image and not is_image(path):
        raise UsageError(f"{path.name} is not an image: use --video")
    if is_given_as_image and several:
        raise UsageError(f"{path.name} contains several pictures: use --video")
    if not is_given_as_image and is_image(path) and not several:
        raise UsageError(f"{path.name} is an image: use --image")
