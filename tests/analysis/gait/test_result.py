"""A result as plain content."""

from __future__ import annotations

import json

from support.gait_walkers import Walker, stander

from realtime.analysis.gait.analyse import analyse_gait


def test_a_result_goes_through_json():
    result = analyse_gait(Walker().motion(3, 60))
    read = json.loads(json.dumps(result.to_json(), allow_nan=False))
    assert read["kind"] == "walk"
    assert read["measures"][0]["both"]["mean"] == result.measures[0].both.mean
    assert len(read["cycles"][0]["left"]["mean"]) == 101
    assert [event["t_s"] for event in read["events"]] == [event.t_s for event in result.events]


def test_what_is_not_known_is_null():
    read = analyse_gait(stander()).to_json()
    assert read["speed_m_s"] is None
    assert read["view"] is None
    one = analyse_gait(Walker().motion(2.6, 60))
    assert any(measure.both.n == 1 or (measure.left and measure.left.n == 1) for measure in one.measures)
    json.dumps(one.to_json(), allow_nan=False)
