"""Several files and folders of `prepare`: all of them, or none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from ...runtime.new_files import os_errors_as_record_error, refuse_existing

_ADVICE = "move it, give another --out, or --force"


@contextmanager
def replaced_together(out: Path, names: Sequence[Path], *, force: bool) -> Iterator[Path]:
    """A folder in which to make files and folders with these names, which are moved to `out` when the block succeeds.
    Their parents are there.

    Raises RecordError if one exists (unless `force`: then it is replaced), or cannot be written; nothing is then left
    behind.
    """
    targets = [out / name for name in names]
    with os_errors_as_record_error(out):
        out.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".prepare-", dir=out, ignore_cleanup_errors=True) as staging:
            new, old = Path(staging) / "new", Path(staging) / "old"
            for name in names:
                (new / name).parent.mkdir(parents=True, exist_ok=True)
            yield new
            refuse_outputs(out, names, force=force)
            for name, target in zip(names, targets, strict=True):
                target.parent.mkdir(parents=True, exist_ok=True)
                if target.exists():
                    (old / name).parent.mkdir(parents=True, exist_ok=True)
                    target.rename(old / name)
                (new / name).rename(target)


def refuse_outputs(out: Path, names: Sequence[Path], *, force: bool) -> None:
    """Raise RecordError if one of these exists in `out`, unless `force`; long computations call this first."""
    if not force:
        refuse_existing([out / name for name in names], _ADVICE)
