"""The recordings that a command line names, and what their results are called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from ..errors import UsageError
from ..offline.manifest import manifest_of, read_manifest
from ..sources.folder import recordings_in


def recordings(path: Path) -> list[Path]:
    """The recordings in a folder of several, but for results of earlier runs; otherwise the path itself."""
    if not path.is_dir():
        return [path]
    results: set[str] = set()
    for file in path.glob(manifest_of(Path("*")).name):
        if (manifest := read_manifest(file)) is not None:
            results |= {file.name, *(entry[0] for entry in manifest["files"])}
    return recordings_in(path, results) or [path]


def stems_of(paths: Sequence[Path], out: Path) -> list[tuple[Path, Path]]:
    """Each input with the path of its outputs, without suffix: the stem of its name, or its
    name, or its folder and name, whichever is unique.  Raises UsageError for an input given
    twice."""
    namings: list[Callable[[Path], str]] = [_stem, lambda p: p.name, lambda p: f"{p.parent.name}_{p.name}"]
    stems = {path: _stem(path) for path in paths}
    if len(stems) < len(paths):
        raise UsageError("an input is given twice")
    for naming in namings[1:]:
        shared = Counter(stem.casefold() for stem in stems.values())
        stems = {path: naming(path) if shared[stem.casefold()] > 1 else stem for path, stem in stems.items()}
    if len({stem.casefold() for stem in stems.values()}) < len(paths):
        raise UsageError("two inputs have the same name; give them different folders (--out)")
    return [(path, out / stem) for path, stem in stems.items()]


def _stem(path: Path) -> str:
    return Path(path.name.removesuffix(".gz")).stem  # Tindra1 of Tindra1.txt.gz
