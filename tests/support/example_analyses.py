"""Messages of analyses whose numbers are known."""

from realtime.wire.analysis_messages import AnglesMessage, Asymmetry, Feet, GaitEvent, GaitMessage, Sides

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
