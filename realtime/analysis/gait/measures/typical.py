"""What others measured at a speed: a context, and no verdict.  Only figures whose source was read."""

from __future__ import annotations

from dataclasses import dataclass

from ..result import RUN, WALK


@dataclass(frozen=True)
class Typical:
    """For a measure of a kind of gait between two speeds (m/s): what was measured, and by whom."""

    key: str
    kind: str
    speeds_m_s: tuple[float, float]
    text: str


_KARAMANIDIS = (
    "19 young men at 2.7 m/s (Karamanidis & Arampatzis, J. Exp. Biol. 208, 2005, table 4; mean ± sd of those who run "
    "and those who do not)"
)
_LIEBERMAN = (
    "least energy at 84.8 ± 3.6 strides/min (169.6 ± 7.2 steps/min) in 14 runners at 3.0 m/s (Lieberman et al., "
    "J. Exp. Biol. 218, 2015)"
)
# Printed by `python -m benchmarks gait events`.
_CMU = "in 56 walks of CMU's motion capture at 0.9 to 1.8 m/s, people not known"
_AT_2_7, _AT_3_0, _WALKING = (2.4, 3.0), (2.7, 3.3), (0.9, 1.8)

ROWS = (
    Typical("contact_time", RUN, _AT_2_7, f"271 ± 23 and 282 ± 22 ms: {_KARAMANIDIS}"),
    Typical("flight_time", RUN, _AT_2_7, f"112 ± 19 and 104 ± 21 ms: {_KARAMANIDIS}"),
    Typical("duty_factor", RUN, _AT_2_7, f"0.355 ± 0.023 and 0.367 ± 0.026: {_KARAMANIDIS}"),
    Typical("step_length", RUN, _AT_2_7, f"0.995 ± 0.030 and 1.036 ± 0.064 m: {_KARAMANIDIS}"),
    Typical("cadence", RUN, _AT_2_7, f"157 ± 10 and 154 ± 8 steps/min: {_KARAMANIDIS}"),
    Typical("stride_rate", RUN, _AT_2_7, f"78.6 ± 4.8 and 76.8 ± 4.2 strides/min: {_KARAMANIDIS}"),
    Typical("cadence", RUN, _AT_3_0, _LIEBERMAN),
    Typical("stride_rate", RUN, _AT_3_0, _LIEBERMAN),
    Typical("cadence", WALK, _WALKING, f"88 to 133 steps/min {_CMU}"),
    Typical("stride_rate", WALK, _WALKING, f"44 to 67 strides/min {_CMU}"),
)


def typical_at(key: str, kind: str, speed_m_s: float | None) -> str:
    """What is known for a measure at a speed, "" where nothing is."""
    if speed_m_s is None:
        return ""
    fits = [row for row in ROWS if (row.key, row.kind) == (key, kind) and _within(speed_m_s, row.speeds_m_s)]
    return "; ".join(row.text for row in fits)


def _within(speed_m_s: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= speed_m_s <= limits[1]
