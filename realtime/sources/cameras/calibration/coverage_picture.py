"""A picture of where the board was, and how well each view agrees with the camera."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from .solve import Calibration
from .views import BORDER

_SIZE_IN, _DPI = (11.0, 5.2), 110
_INK, _LINE = "#333333", "#bbbbbb"


def coverage_png(calibration: Calibration) -> bytes:
    """A PNG: the corners of all views over the area of the picture, and the error of each view."""
    from matplotlib import colormaps
    from matplotlib.figure import Figure

    figure = Figure(_SIZE_IN, dpi=_DPI, layout="constrained", facecolor="white")
    places, errors = figure.subplots(1, 2, width_ratios=[2, 1])
    most_px = max(calibration.errors_px)
    colours = colormaps["viridis_r"](np.array(calibration.errors_px) / most_px)
    _draw_places(places, calibration, colours)
    _draw_errors(errors, calibration, colours)
    data = io.BytesIO()
    figure.savefig(data, format="png")
    return data.getvalue()


def _draw_places(axes: Any, calibration: Calibration, colours: Any) -> None:
    (width, height), camera = calibration.size_wh, calibration.camera
    for share in (BORDER, 1 - BORDER):  # the places that are counted
        axes.axvline(share * width, color=_LINE, linewidth=0.8, linestyle=":")
        axes.axhline(share * height, color=_LINE, linewidth=0.8, linestyle=":")
    for view, colour in zip(calibration.views, colours, strict=True):
        # Our pixels: the first one's centre is at 0.5.
        outline, corners = view.outline_px + 0.5, view.corners_px.reshape(-1, 2) + 0.5
        axes.plot(*np.vstack([outline, outline[:1]]).T, color=colour, linewidth=0.8, alpha=0.6)
        axes.plot(*corners.T, ".", color=colour, markersize=3)
    axes.plot(*(camera.centre_px or ()), "+", color="#cc2222", markersize=14, markeredgewidth=1.5)
    axes.set(xlim=(0, width), ylim=(height, 0), aspect="equal", xlabel="px")
    axes.set_title(
        f"{len(calibration.views)} views in {width} x {height} px; the cross is the optical centre", color=_INK, size=10
    )
    _plain(axes)


def _draw_errors(axes: Any, calibration: Calibration, colours: Any) -> None:
    numbers = np.arange(1, len(calibration.views) + 1)
    axes.bar(numbers, calibration.errors_px, color=colours, width=0.8)
    axes.axhline(calibration.rms_px, color="#cc2222", linewidth=1)
    axes.set(xlim=(0.2, len(numbers) + 0.8), xlabel="view", ylabel="reprojection error (px)")
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.set_title(f"all together {calibration.rms_px:.2f} px (line)", color=_INK, size=10)
    _plain(axes)


def _plain(axes: Any) -> None:
    axes.tick_params(colors=_INK, labelsize=8)
    for spine in axes.spines.values():
        spine.set_color(_LINE)
