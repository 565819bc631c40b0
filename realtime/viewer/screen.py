"""Canvases: a window, or an off-screen image where there is no display."""

from __future__ import annotations

import ctypes
import os
import sys
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.backend_bases import CloseEvent
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ..errors import DisplayError
from ..runtime.failed_imports import reason_of
from ..runtime.text import printable
from .plain_text import PlainFigure

DPI = 100

# Tried in this order: backend, the module it needs, what to install.
TOOLKITS = (
    ("TkAgg", "tkinter", "python3-tk from the system's packages"),
    ("QtAgg", "matplotlib.backends.qt_compat", "PySide6 by pip"),
)


@dataclass(eq=False)
class Screen:
    """A figure and its canvas, in a window or off-screen.  Not thread-safe."""

    figure: Figure
    canvas: Any
    is_open: bool = True

    def image(self) -> NDArray[np.uint8]:
        """A copy (H, W, 4) RGBA of the canvas."""
        return np.array(self.canvas.buffer_rgba())

    def pump(self) -> None:
        """Process the window's pending events."""
        if self.is_open:
            self.canvas.flush_events()

    def closed(self, _event: CloseEvent) -> None:
        """Handle the window's close event."""
        self.is_open = False

    def close(self) -> None:
        """Close the window; may be called twice."""
        if self.is_open and self.canvas.manager is not None:
            import matplotlib.pyplot as plt

            plt.close(self.figure)
        self.is_open = False


def open_offscreen(size_wh: tuple[int, int]) -> Screen:
    """An off-screen canvas (Agg) of `size_wh` pixels."""
    figure = PlainFigure(figsize=(size_wh[0] / DPI, size_wh[1] / DPI), dpi=DPI)
    return Screen(figure, FigureCanvasAgg(figure))


def open_window(size_wh: tuple[int, int], title: str) -> Screen:
    """A window with the first toolkit that works.  Raises DisplayError."""
    _check_display()
    mpl.rcParams["toolbar"] = "None"
    _keep_floor_level()
    faults = []
    for backend, module, package in TOOLKITS:
        try:
            import_module(module)
        except ImportError:
            faults.append(f"{backend} needs {package}")
            continue
        except Exception as fault:  # noqa: BLE001 - what a toolkit raises that another library has broken
            faults.append(f"{backend}: {reason_of(fault)}")
            continue
        try:
            _check_qt(backend)
            return _open(backend, size_wh, title)
        except Exception as fault:  # noqa: BLE001 - each toolkit raises its own type, with no common base
            faults.append(f"{backend}: {_reason(fault)}")
    raise DisplayError(f"no window can be opened ({'; '.join(faults)}), or use --headless PNG")


def _check_qt(backend: str) -> None:
    """Raise OSError where Qt would abort the process instead: its X11 plug-in needs system
    libraries that a minimal system lacks."""
    if backend != "QtAgg" or not sys.platform.startswith("linux"):
        return
    if os.environ.get("WAYLAND_DISPLAY") or os.environ.get("QT_QPA_PLATFORM"):
        return
    qt = import_module("matplotlib.backends.qt_compat").QtCore.QLibraryInfo
    if hasattr(qt, "path"):  # Qt 6
        ctypes.CDLL(f"{qt.path(qt.LibraryPath.PluginsPath)}/platforms/libqxcb.so")


def _reason(fault: Exception) -> str:
    if "headless" in str(fault) or "DISPLAY" in str(fault):  # matplotlib's messages
        return f"cannot connect to the display {os.environ.get('DISPLAY')}"
    return (str(fault).strip() or type(fault).__name__).splitlines()[-1]


def _check_display() -> None:
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise DisplayError(
            "no window can be opened: there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set); "
            "log in to a desktop, use ssh -X, or write one picture with --headless PNG"
        )


def _keep_floor_level() -> None:
    """Keep the floor level when the mouse turns the scene (matplotlib >= 3.10 would roll it)."""
    if "axes3d.mouserotationstyle" in mpl.rcParams:
        mpl.rcParams["axes3d.mouserotationstyle"] = "azel"


def _open(backend: str, size_wh: tuple[int, int], title: str) -> Screen:
    import matplotlib.pyplot as plt

    plt.switch_backend(backend)
    figure = plt.figure(figsize=(size_wh[0] / DPI, size_wh[1] / DPI), dpi=DPI, FigureClass=PlainFigure)
    screen = Screen(figure, figure.canvas)
    manager = screen.canvas.manager
    manager.set_window_title(printable(title))
    screen.canvas.mpl_disconnect(manager.key_press_handler_id)  # no default key bindings
    screen.canvas.mpl_connect("close_event", screen.closed)
    manager.show()
    return screen
