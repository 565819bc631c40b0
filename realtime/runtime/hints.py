"""What a user types to run a command or to install an extra: it differs between a checkout of
the project and an installed package."""

from __future__ import annotations

from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
_SCRIPTS = {"run": "python run.py", "view": "python viz.py"}


def is_checkout() -> bool:
    """Whether this code lies in the project's folder, beside run.py."""
    return (_ROOT / "run.py").is_file()


def command(name: str) -> str:
    """How a command is called: `python -m realtime lift`, or `realtime-pose3d lift`."""
    if not is_checkout():
        return f"realtime-pose3d {name}"
    return _SCRIPTS.get(name, f"python -m realtime {name}")


def install(extra: str) -> str:
    """How an extra is installed."""
    return f"pip install -e '.[{extra}]'" if is_checkout() else f"pip install 'realtime-pose3d[{extra}]'"
