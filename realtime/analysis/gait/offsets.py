"""By how much each method is off, always in the same direction, and by how much it spreads about that."""

from __future__ import annotations

from .result import CONTACT, LIFTED, MARKERS, RUN, RUN_WITHOUT_FLIGHT, TOE_OFF, WALK, Offset

# Medians and median absolute deviations of what is found less the truth, of people that the networks were trained with:
# `python -m benchmarks gait offsets` prints the rows.  The truth is where heel and toe slow down and leave, at 120 and
# 170 Hz; "lifted" is from keypoints at 30 fps with recorded errors, from the side, by the network for recordings.
_WALKS = "27 walks of motion capture"
_RUNS = "9 runs of motion capture"
_MARKERS_AND_LIFTED = (MARKERS, LIFTED)

OFFSETS = (
    Offset(WALK, CONTACT, "zeni-heel", MARKERS, -0.019, 0.002, _WALKS),
    Offset(WALK, CONTACT, "zeni-ankle", MARKERS, -0.019, 0.003, _WALKS),
    Offset(WALK, CONTACT, "heel-lowest", MARKERS, 0.021, 0.012, _WALKS),
    Offset(WALK, CONTACT, "ankle-lowest", MARKERS, -0.081, 0.011, _WALKS),
    Offset(WALK, CONTACT, "foot-falls", MARKERS, -0.210, 0.011, _WALKS),
    Offset(WALK, CONTACT, "heel-stands", MARKERS, -0.009, 0.002, _WALKS),
    Offset(WALK, TOE_OFF, "zeni-toe", MARKERS, 0.011, 0.004, _WALKS),
    Offset(WALK, TOE_OFF, "zeni-ankle-back", MARKERS, -0.040, 0.008, _WALKS),
    Offset(WALK, TOE_OFF, "foot-rises", MARKERS, 0.007, 0.007, _WALKS),
    Offset(WALK, TOE_OFF, "ankle-rises", MARKERS, -0.004, 0.009, _WALKS),
    Offset(WALK, TOE_OFF, "toe-leaves", MARKERS, -0.004, 0.004, _WALKS),
    Offset(WALK, TOE_OFF, "knee-straightest", MARKERS, -0.137, 0.018, _WALKS),
    Offset(WALK, CONTACT, "zeni-heel", LIFTED, -0.014, 0.005, _WALKS),
    Offset(WALK, CONTACT, "zeni-ankle", LIFTED, -0.013, 0.005, _WALKS),
    Offset(WALK, CONTACT, "heel-lowest", LIFTED, 0.058, 0.035, _WALKS),
    Offset(WALK, CONTACT, "ankle-lowest", LIFTED, 0.075, 0.061, _WALKS),
    Offset(WALK, CONTACT, "foot-falls", LIFTED, -0.206, 0.016, _WALKS),
    Offset(WALK, CONTACT, "heel-stands", LIFTED, 0.010, 0.011, _WALKS),
    Offset(WALK, TOE_OFF, "zeni-toe", LIFTED, -0.007, 0.009, _WALKS),
    Offset(WALK, TOE_OFF, "zeni-ankle-back", LIFTED, -0.033, 0.010, _WALKS),
    Offset(WALK, TOE_OFF, "foot-rises", LIFTED, -0.021, 0.017, _WALKS),
    Offset(WALK, TOE_OFF, "ankle-rises", LIFTED, -0.029, 0.017, _WALKS),
    Offset(WALK, TOE_OFF, "toe-leaves", LIFTED, -0.052, 0.013, _WALKS),
    Offset(WALK, TOE_OFF, "knee-straightest", LIFTED, -0.158, 0.014, _WALKS),
    Offset(RUN, CONTACT, "zeni-heel", MARKERS, -0.034, 0.007, _RUNS),
    Offset(RUN, CONTACT, "zeni-ankle", MARKERS, -0.034, 0.006, _RUNS),
    Offset(RUN, CONTACT, "heel-lowest", MARKERS, 0.058, 0.013, _RUNS),
    Offset(RUN, CONTACT, "ankle-lowest", MARKERS, 0.082, 0.020, _RUNS),
    Offset(RUN, CONTACT, "foot-falls", MARKERS, -0.129, 0.046, _RUNS),
    Offset(RUN, CONTACT, "heel-stands", MARKERS, -0.022, 0.006, _RUNS),
    Offset(RUN, TOE_OFF, "zeni-toe", MARKERS, 0.051, 0.011, _RUNS),
    Offset(RUN, TOE_OFF, "zeni-ankle-back", MARKERS, 0.031, 0.012, _RUNS),
    Offset(RUN, TOE_OFF, "foot-rises", MARKERS, 0.031, 0.004, _RUNS),
    Offset(RUN, TOE_OFF, "ankle-rises", MARKERS, 0.030, 0.010, _RUNS),
    Offset(RUN, TOE_OFF, "toe-leaves", MARKERS, 0.001, 0.004, _RUNS),
    Offset(RUN, TOE_OFF, "knee-straightest", MARKERS, -0.018, 0.005, _RUNS),
    Offset(RUN, CONTACT, "zeni-heel", LIFTED, -0.035, 0.007, _RUNS),
    Offset(RUN, CONTACT, "zeni-ankle", LIFTED, -0.035, 0.008, _RUNS),
    Offset(RUN, CONTACT, "heel-lowest", LIFTED, 0.079, 0.019, _RUNS),
    Offset(RUN, CONTACT, "ankle-lowest", LIFTED, 0.095, 0.010, _RUNS),
    Offset(RUN, CONTACT, "foot-falls", LIFTED, -0.125, 0.036, _RUNS),
    Offset(RUN, CONTACT, "heel-stands", LIFTED, -0.009, 0.020, _RUNS),
    Offset(RUN, TOE_OFF, "zeni-toe", LIFTED, 0.047, 0.008, _RUNS),
    Offset(RUN, TOE_OFF, "zeni-ankle-back", LIFTED, 0.024, 0.009, _RUNS),
    Offset(RUN, TOE_OFF, "foot-rises", LIFTED, 0.026, 0.012, _RUNS),
    Offset(RUN, TOE_OFF, "ankle-rises", LIFTED, 0.023, 0.014, _RUNS),
    Offset(RUN, TOE_OFF, "toe-leaves", LIFTED, -0.015, 0.014, _RUNS),
    Offset(RUN, TOE_OFF, "knee-straightest", LIFTED, -0.030, 0.009, _RUNS),
)
# How much faster people advance than their standing feet go back in joints lifted from the side, whose legs swing too
# little: medians of looped strides of training people on a treadmill, printed by the same command.
SPEED_FACTORS = {(WALK, LIFTED): 1.050, (RUN, LIFTED): 1.184}
_UNKNOWN_RESIDUAL_S = 0.02
UNKNOWN = "not learned"


def offset_of(kind: str, event: str, method: str, points: str) -> Offset:
    """The row for a method; a run without flight has those of a run, and what was learned on one origin of points
    serves for the other where that has none.  Without a row: 0 with the `source` UNKNOWN."""
    gait = RUN if kind == RUN_WITHOUT_FLIGHT else kind
    for origin in (points, *_MARKERS_AND_LIFTED):
        for row in OFFSETS:
            if (row.kind, row.event, row.method, row.points) == (gait, event, method, origin):
                return row
    return Offset(gait, event, method, points, 0.0, _UNKNOWN_RESIDUAL_S, UNKNOWN)


def speed_factor(kind: str, points: str) -> float:
    """By what the speed of standing feet under the hips is multiplied to be that of the person."""
    return SPEED_FACTORS.get((RUN if kind == RUN_WITHOUT_FLIGHT else kind, points), 1.0)
