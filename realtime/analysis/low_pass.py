"""A low-pass filter without a delay, for recordings."""

from __future__ import annotations

import numpy as np

from ..motion import Floats

_PADDED_S = 1.0  # reflected at both ends


def low_pass(values: Floats, fps: float, cutoff_hz: float) -> Floats:
    """Paths (T, ...) at an even rate, filtered by a Butterworth filter of 4th order without a delay: one of 2nd order
    forwards and backwards, whose cut-off is corrected so that both together halve the power at `cutoff_hz`
    (Winter, Biomechanics and Motor Control of Human Movement, 4th ed. 2009, section 3.4.4.2; Robertson & Dowling,
    "Design and responses of Butterworth and critically damped digital filters", J. Electromyogr. Kinesiol. 13(6),
    2003).  Its gain, that of the bilinear transform, is applied to the spectrum, which is the same as recursion over a
    long signal; both ends are continued by their point reflection.  A rate too low for the cut-off leaves paths as
    they are."""
    if cutoff_hz >= 0.45 * fps or len(values) < 4:
        return values
    padded = min(len(values) - 1, int(_PADDED_S * fps))
    before = 2 * values[0] - values[padded:0:-1]
    after = 2 * values[-1] - values[-2 : -padded - 2 : -1]
    signal = np.concatenate([before, values, after])
    share = np.linspace(0, 1, len(signal)).reshape(-1, *[1] * (values.ndim - 1))
    line = signal[0] + share * (signal[-1] - signal[0])  # what is left begins and ends at 0, as a period does
    hz = np.fft.rfftfreq(len(signal), 1 / fps)
    ratio = np.tan(np.pi * np.minimum(hz / fps, 0.4999)) / np.tan(np.pi * cutoff_hz / fps)
    gain = (1 / (1 + (np.sqrt(2) - 1) * ratio**4)).reshape(-1, *[1] * (values.ndim - 1))
    smooth = np.fft.irfft(np.fft.rfft(signal - line, axis=0) * gain, len(signal), axis=0) + line
    filtered: Floats = smooth[padded : padded + len(values)]
    return filtered
