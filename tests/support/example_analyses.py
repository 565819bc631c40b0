"""Messages of analyses whose numbers are known."""

from realtime.wire.analyses.angles import AnglesMessage
from realtime.wire.analyses.form import FormFault, FormMeasure, FormMessage, FormRepetition
from realtime.wire.analyses.gait import Asymmetry, Feet, GaitEvent, GaitMessage, Sides

MOMENT = {"frame": 41, "t_capture_ns": 1_000, "t_unix_ns": 1_700_000_000_000_000_000, "person": 0}
PUBLISHED = {"session": "5eed", "seq": 7, "t_publish_ns": 2_000}


def angles_message(**changes):
    degrees = {"knee_angle_r": 61.254, "arm_flex_r": float("nan")}
    fields = {**MOMENT, "valid": True, "reason": "ok", "skeleton": "h36m-17", "degrees": degrees, **PUBLISHED}
    return AnglesMessage(**{**fields, **changes})


def gait_event(number=1, **changes):
    fields = {
        "number": number,
        "side": "left",
        "kind": "contact",
        "t_ns": 900,
        "t_unix_ns": 1_699_999_999_999_999_900,
        "t_known_ns": 100_000_900,
        "delay_ms": 100.0,
        "method": "zeni",
        "low": "",
    }
    return GaitEvent(**{**fields, **changes})


def gait_message(*events, **changes):
    fields = {
        **MOMENT,
        "kind": "run",
        "why": "",
        "contact": Feet(left=True, right=False),
        "events": events,
        "steps": 8,
        "steps_per_min": 165.3,
        "strides_per_min": 82.65,
        "contact_time_s": Sides(0.27, 0.2812),
        "flight_time_s": 0.09,
        "duty_factor": 0.38,
        "symmetry_index_percent": Asymmetry(1.5, None),
        **PUBLISHED,
    }
    return GaitMessage(**{**fields, **changes})


def form_measure(key="depth", **changes):
    fields = {"key": key, "side": "", "unit": "cm", "value": -4.2, "error": 1.5, "estimate": False, "why": ""}
    return FormMeasure(**{**fields, **changes})


def form_repetition(number=1, *measures, **changes):
    fields = {
        "number": number,
        "in_set": number,
        "exercise": "squat",
        "side": "",
        "start_ns": 100,
        "bottom_ns": 500,
        "end_ns": 900,
        "end_unix_ns": 1_699_999_999_999_999_900,
        "t_known_ns": 100_000_900,
        "delay_ms": 100.0,
        "measures": measures,
    }
    return FormRepetition(**{**fields, **changes})


def form_fault(number=1, **changes):
    fields = {
        "number": number,
        "in_set": 1,
        "key": "shallow",
        "sentence": "Not deep enough.",
        "t_ns": 500,
        "t_unix_ns": 1_699_999_999_999_999_500,
        "t_known_ns": 100_000_500,
        "delay_ms": 100.0,
    }
    return FormFault(**{**fields, **changes})


def form_message(repetition=None, *faults, **changes):
    fields = {
        **MOMENT,
        "exercise": "squat",
        "why": "",
        "phase": "lock-out",
        "set_number": 1,
        "count": 0 if repetition is None else repetition.in_set,
        "partials": 0,
        "repetition": repetition,
        "faults": faults,
        **PUBLISHED,
    }
    return FormMessage(**{**fields, **changes})
