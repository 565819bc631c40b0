"""Extrema of sampled signals, and where between the samples they lie."""

from __future__ import annotations

import numpy as np

from ....motion import Floats

_WEAK = 0.25  # of the least height: what an extremum near an end must still rise or fall


def turning_points(signal: Floats, least: float, apart: float = 0.0) -> list[tuple[int, bool]]:
    """Maxima (True) and minima (False) of a signal (T,) in turn, as (index, which), of which each lies at least `least`
    above or below its neighbours.  Before the first and after the last one the signal may end earlier, after a
    quarter of that.  Of two maxima (or minima) less than `apart` samples from each other the greater one is taken."""
    slope = np.sign(np.diff(signal))
    bends = np.flatnonzero(slope[1:] * slope[:-1] <= 0) + 1
    candidates = [0, *bends.tolist(), len(signal) - 1]
    found: list[tuple[int, bool]] = []
    high = low = 0
    rising: bool | None = None  # not yet known
    for i in candidates:
        high = i if signal[i] > signal[high] else high
        low = i if signal[i] < signal[low] else low
        if rising is not False and signal[high] - signal[i] >= least:
            found.append((high, True))
            rising, low = False, i
        elif rising is not True and signal[i] - signal[low] >= least:
            found.append((low, False))
            rising, high = True, i
    if rising is not None:
        found.append((high, True) if rising else (low, False))
    found = _far_apart(signal, found, apart)
    ends = {0, len(found) - 1}
    return [p for k, p in enumerate(found) if k not in ends or _lies_inside(signal, *p, _WEAK * least)]


def _far_apart(signal: Floats, found: list[tuple[int, bool]], apart: float) -> list[tuple[int, bool]]:
    kept: list[tuple[int, bool]] = []
    for index, maximum in found:
        kept.append((index, maximum))
        while len(kept) > 2 and kept[-1][0] - kept[-3][0] < apart:
            last, before = kept[-1], kept[-3]
            better = last if (signal[last[0]] > signal[before[0]]) == last[1] else before
            kept[-3:] = [better]
    return kept


def _lies_inside(signal: Floats, index: int, maximum: bool, least: float) -> bool:
    """Whether the signal leaves the extremum by `least` on both sides of it."""
    away = (signal[index] - signal) * (1 if maximum else -1)
    before, after = away[:index], away[index + 1 :]
    return bool(len(before) and len(after) and before.max() >= least and after.max() >= least)


def peak_within(signal: Floats, start: float, stop: float) -> float:
    """Position of the highest sample of start..stop, between samples by the parabola through it and its neighbours;
    NaN where the signal has no maximum inside, or is not known."""
    first, last = max(int(np.ceil(start)), 1), min(int(np.floor(stop)), len(signal) - 2)
    window = signal[first : last + 1]
    if last - first < 2 or not np.isfinite(window).all():
        return np.nan
    best = first + int(np.argmax(window))
    before, top, after = signal[best - 1 : best + 2]
    if not (before < top >= after or before <= top > after):
        return np.nan
    return best + float((before - after) / (2 * (before - 2 * top + after)))


def crossing_within(signal: Floats, start: float, stop: float, *, last: bool = False) -> float:
    """Position where the signal first (or last) goes from below 0 to above within start..stop, by a straight line;
    NaN where it does not, or is not known."""
    first, end = max(int(np.ceil(start)), 0), min(int(np.floor(stop)), len(signal) - 1)
    window = signal[first : end + 1]
    if len(window) < 2 or not np.isfinite(window).all():
        return np.nan
    where = np.flatnonzero((window[:-1] < 0) & (window[1:] >= 0))
    if not len(where):
        return np.nan
    i = first + int(where[-1 if last else 0])
    return i + float(-signal[i] / (signal[i + 1] - signal[i]))
