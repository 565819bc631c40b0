"""An old command line → what is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...errors import FormatError, SourceError, UsageError
from ...settings import Settings, checked
from .flags import ELSEWHERE, IGNORED, OLD_FLAGS, parser

_DATASETS = ("custom", "runningpose")
_FILMS = (".mp4", ".gif")
_OURS = ("fov", "intrinsics", "camera_pitch", "verbose")  # flags of ours that an old line may have
_SIZE_PX = 100  # the old program's figures were --viz-size inches high, at 100 dots an inch


@dataclass(frozen=True)
class RenderRequest:
    """What an old command line asks for.

    `keypoints`, `network`, `video`: the files there are; `export`, `film`: those to make,
    None where there is none; `widths`, `channels`: what the network must have, if said;
    `flip`: take the mean with the mirrored keypoints; `skip`, `limit` and `every`: which
    frames the film shows; `height_px`: of its panels; `notes`: what is said at the start.
    """

    keypoints: Path
    subject: str | None
    action: str | None
    camera: int
    network: Path
    widths: tuple[int, ...] | None
    channels: int | None
    causal: bool
    flip: bool
    export: Path | None
    film: Path | None
    video: Path | None
    skip: int
    limit: int | None
    every: int
    height_px: int | None
    settings: Settings
    notes: tuple[str, ...]


def parse(argv: Sequence[str] | None = None) -> RenderRequest:
    """What is wanted.  Raises UsageError for a flag or a value that cannot be answered here,
    FormatError or SourceError for a file that is not there."""
    given = vars(parser().parse_strictly(argv))
    old = {name: given.pop(name) for name in list(given) if name.startswith("old_")}
    name = old.pop("old_k", given.pop("keypoints", None))
    if other := [flag for flag in given if flag not in _OURS]:
        ours = "--" + other[0].replace("_", "-")
        raise UsageError(f"{ours} has no place in a command line of VideoPose3D; python -m realtime lift may take it")
    _check(old)
    limit = old.get("old_viz_limit", -1)
    size = old.get("old_viz_size")
    return RenderRequest(
        keypoints=_keypoints(old["old_dataset"], name),
        subject=old.get("old_viz_subject"),
        action=old.get("old_viz_action"),
        camera=old.get("old_viz_camera", 0),
        network=Path(old.get("old_checkpoint", "checkpoint")) / old["old_evaluate"],
        widths=old.get("old_architecture"),
        channels=old.get("old_channels"),
        causal="old_causal" in old,
        flip="old_no_test_time_augmentation" not in old,
        export=_export(old.get("old_viz_export")),
        film=_film(old.get("old_viz_output")),
        video=_video(old.get("old_viz_video")),
        skip=old.get("old_viz_skip", 0),
        limit=limit if limit > 0 else None,
        every=old.get("old_viz_downsample", 1),
        height_px=None if size is None else size * _SIZE_PX,
        settings=Settings(**checked(given)),
        notes=tuple(f"{f.names[-1]} makes no difference: {f.says}" for f in OLD_FLAGS if _is(f.key, IGNORED, old)),
    )


def _is(key: str, does: str, old: dict[str, Any]) -> bool:
    return key in old and next(flag for flag in OLD_FLAGS if flag.key == key).does == does


def _check(old: dict[str, Any]) -> None:
    """Raise UsageError, with what to do instead, for a line that asks for something else."""
    for flag in OLD_FLAGS:
        if _is(flag.key, ELSEWHERE, old):
            raise UsageError(f"{flag.names[-1]} means nothing here: {flag.says}")
    if not old.get("old_evaluate"):
        raise UsageError("an old command line wants --evaluate FILE; training is python -m realtime train")
    if "old_render" not in old:
        raise UsageError("without --render an old command line measures errors: python -m realtime evaluate")
    dataset = old.get("old_dataset", "h36m")
    if dataset not in _DATASETS:
        raise UsageError(
            f"-d {dataset} is measured by python -m realtime evaluate; here it is {' or '.join(_DATASETS)}"
        )
    if not (old.get("old_viz_output") or old.get("old_viz_export")):
        raise UsageError("--render wants --viz-output FILE.mp4, --viz-export FILE.npy or both")


def _keypoints(dataset: str, name: str | None) -> Path:
    """Where the old program has the set, or the current folder."""
    if not name:
        raise UsageError("an old command line wants -k NAME: the keypoints in data/data_2d_custom_NAME.npz")
    files = [f"data_2d_{kind}_{name}.npz" for kind in dict.fromkeys(("custom", dataset))]
    places = [folder / file for file in files for folder in (Path("data"), Path())]
    for place in places:
        if place.is_file():
            return place
    raise FormatError(
        f"there is no {places[0]}, nor {files[0]} here; python -m realtime lift VIDEO --write 2d makes such a file"
    )


def _export(text: str | None) -> Path | None:
    if not text:
        return None
    return Path(text if text.endswith(".npy") else f"{text}.npy")  # as np.save names it


def _film(text: str | None) -> Path | None:
    if not text:
        return None
    if Path(text).suffix.lower() not in _FILMS:
        raise UsageError(f"--viz-output writes {' or '.join(_FILMS)}, not {text!r}")
    return Path(text)


def _video(text: str | None) -> Path | None:
    if not text:
        return None
    if not Path(text).is_file():
        raise SourceError(f"there is no video {text!r} for --viz-video; without that flag the ground is grey")
    return Path(text)
