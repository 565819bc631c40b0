"""Parses a VideoPose3D command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...errors import FormatError, SourceError, UsageError
from ...runtime.hints import command
from ...settings import Settings, settings_among
from .flags import ELSEWHERE, IGNORED, OLD_FLAGS, parser

_DATASETS = ("custom", "runningpose")
_FILMS = (".mp4", ".gif")
_ALSO_ALLOWED = ("fov", "intrinsics", "camera_pitch", "causal", "verbose")  # flags of run.py itself
_SIZE_PX = 100  # VideoPose3D's figures are --viz-size inches high, at 100 dots per inch


@dataclass(frozen=True)
class RenderRequest:
    """What a VideoPose3D command line requests.

    `keypoints`, `network`, `video`: input files; `export`, `film`: output files, None if not
    requested; `widths`, `channels`: required of the network, None for any; `flip`: average with
    the mirrored keypoints; `skip`, `limit` and `every`: which frames the film shows;
    `height_px`: of its panels, None for the video's; `notes`: lines to print at the start.
    """

    keypoints: Path
    subject: str | None
    action: str | None
    camera: int
    network: Path
    widths: tuple[int, ...] | None
    channels: int | None
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
    """The request of a command line.  Raises UsageError for a flag or a value that is not
    supported, FormatError or SourceError for a missing file."""
    given = parser().given(argv)
    old = {name: given.pop(name) for name in list(given) if name.startswith("old_")}
    name = old.pop("old_k", given.pop("keypoints", None))
    if other := [flag for flag in given if flag not in _ALSO_ALLOWED]:
        flag = "--" + other[0].replace("_", "-")
        raise UsageError(f"{flag} cannot be combined with VideoPose3D flags; {command('lift')} may take it")
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
        flip="old_no_test_time_augmentation" not in old,
        export=_export(old.get("old_viz_export")),
        film=_film(old.get("old_viz_output")),
        video=_video(old.get("old_viz_video")),
        skip=old.get("old_viz_skip", 0),
        limit=limit if limit > 0 else None,
        every=old.get("old_viz_downsample", 1),
        height_px=None if size is None else size * _SIZE_PX,
        settings=settings_among(given),
        notes=tuple(f"{f.names[-1]} has no effect: {f.meaning}" for f in OLD_FLAGS if _is_given(f.key, IGNORED, old)),
    )


def _is_given(key: str, does: str, old: dict[str, Any]) -> bool:
    return key in old and next(flag for flag in OLD_FLAGS if flag.key == key).does == does


def _check(old: dict[str, Any]) -> None:
    """Raise UsageError, with what to do instead, unless the line asks to render custom keypoints."""
    for flag in OLD_FLAGS:
        if _is_given(flag.key, ELSEWHERE, old):
            raise UsageError(f"{flag.names[-1]} is not supported here: {flag.meaning}")
    if not old.get("old_evaluate"):
        raise UsageError(f"a VideoPose3D command line needs --evaluate FILE; to train, use {command('train')}")
    if "old_render" not in old:
        raise UsageError(f"a VideoPose3D command line needs --render; to measure errors, use {command('evaluate')}")
    dataset = old.get("old_dataset", "h36m")
    if dataset not in _DATASETS:
        raise UsageError(
            f"-d takes {' or '.join(_DATASETS)}, not {dataset}; to measure errors, use {command('evaluate')}"
        )
    if not (old.get("old_viz_output") or old.get("old_viz_export")):
        raise UsageError("--render needs --viz-output FILE.mp4, --viz-export FILE.npy or both")


def _keypoints(dataset: str, name: str | None) -> Path:
    """The keypoint file, in data/ (as in VideoPose3D) or the current folder."""
    if not name:
        raise UsageError("a VideoPose3D command line needs -k NAME: the keypoints in data/data_2d_custom_NAME.npz")
    files = [f"data_2d_{kind}_{name}.npz" for kind in dict.fromkeys(("custom", dataset))]
    places = [folder / file for file in files for folder in (Path("data"), Path())]
    for place in places:
        if place.is_file():
            return place
    raise FormatError(
        f"there is no {places[0]}, nor {files[0]} in the current folder; "
        f"{command('lift')} VIDEO --write 2d creates such a file"
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
        raise SourceError(f"there is no video {text!r} for --viz-video; without this flag the background is grey")
    return Path(text)
