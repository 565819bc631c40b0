"""Walkers and runners by formula: every definition against its known answer, and what is no gait."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.gait_walkers import RUNNER, SIDES, Walker, stander

from realtime.analysis.gait.analyse import analyse_gait
from realtime.analysis.gait.options import GaitOptions
from realtime.motion import motion
from realtime.pose import FrameNotes
from realtime.skeleton import H36M17
from realtime.training.mocap.canonical25 import CANONICAL25

RAW = GaitOptions(offsets=False)
few = settings(max_examples=12, deadline=None)


def value(result, key, side="both"):
    return getattr(result.measure(key), side).mean


def check_events(result, walker, start_s, within_s, *, toe_off_within_s=None):
    """Every event lies at a true one, and every true one more than half a stride from the ends was found."""
    last = result.duration_s
    for side in SIDES:
        contacts = walker.contacts(side, start_s + last) - start_s
        truths = {"contact": contacts - walker.retraction_s, "toe-off": contacts + walker.contact_s}
        for kind, later in truths.items():
            true = np.concatenate([later[:1] - walker.stride_s, later])
            found = np.array([event.t_s for event in result.events if (event.side, event.kind) == (side, kind)])
            inner = true[(true > walker.stride_s / 2) & (true < last - walker.stride_s / 2)]
            limit = toe_off_within_s or within_s if kind == "toe-off" else within_s
            away = np.abs(found[:, None] - true)
            assert away.min(1).max() < max(limit, 0.01)
            assert np.abs(found[:, None] - inner).min(0).max() < limit
            assert len(found) <= len(true)


@pytest.mark.parametrize("fps", [30.0, 60.0, 120.0, 240.0])
@pytest.mark.parametrize("start_s", [0.0, 0.0137, 0.31])
def test_a_walk_is_measured(fps, start_s):
    walker = Walker(asymmetry=0.05)
    result = analyse_gait(walker.motion(8, fps, start_s), RAW)
    assert (result.kind, result.treadmill, result.why_none) == ("walk", False, "")
    check_events(result, walker, start_s, 2e-3 if fps > 100 else 4e-3)
    assert value(result, "cadence") == pytest.approx(110, rel=1e-3)
    assert value(result, "stride_rate") == pytest.approx(55, rel=1e-3)
    assert value(result, "speed") == pytest.approx(1.3, abs=2e-3)
    for side in SIDES:
        assert value(result, "step_time", side) == pytest.approx(1000 * walker.step_s[side], abs=2)
        assert value(result, "step_length", side) == pytest.approx(walker.step_m[side], abs=2e-3)
        assert value(result, "stride_time", side) == pytest.approx(1000 * walker.stride_s, abs=1)
        assert value(result, "stride_length", side) == pytest.approx(walker.speed_m_s * walker.stride_s, abs=2e-3)
        assert value(result, "contact_time", side) == pytest.approx(1000 * walker.contact_s, abs=3)
        assert value(result, "swing_time", side) == pytest.approx(1000 * walker.swing_s, abs=3)
        assert value(result, "stance_share", side) == pytest.approx(62, abs=0.3)
    support = 2 * walker.contact_s - walker.stride_s
    assert value(result, "double_support") == pytest.approx(1000 * support, abs=4)
    assert value(result, "double_support_share") == pytest.approx(24, abs=0.4)
    assert value(result, "single_support") == pytest.approx(1000 * (walker.stride_s - walker.contact_s), abs=3)
    assert value(result, "duty_factor") == pytest.approx(0.62, abs=3e-3)
    assert value(result, "step_width") == pytest.approx(0.12, abs=2e-3)
    assert value(result, "vertical_oscillation") == pytest.approx(0.03, abs=2e-3)
    assert result.measure("flight_time") is None


@pytest.mark.parametrize("fps", [30.0, 60.0, 120.0, 240.0])
def test_a_run_is_measured(fps):
    result = analyse_gait(RUNNER.motion(6, fps, 0.0137), RAW)
    assert (result.kind, result.treadmill) == ("run", False)
    check_events(result, RUNNER, 0.0137, 2e-3, toe_off_within_s=5e-3)
    assert value(result, "cadence") == pytest.approx(165, rel=1e-3)
    assert value(result, "speed") == pytest.approx(2.9, abs=4e-3)
    assert value(result, "step_length") == pytest.approx(RUNNER.step_m["left"], abs=3e-3)
    assert value(result, "step_width") == pytest.approx(0.06, abs=2e-3)
    early = RUNNER.retraction_s  # by how much this method, whose offset is not taken out here, finds contacts early
    assert value(result, "contact_time") == pytest.approx(1000 * (RUNNER.contact_s + early), abs=4)
    assert value(result, "flight_time") == pytest.approx(1000 * (RUNNER.flight_s - early), abs=4)
    assert value(result, "vertical_oscillation") == pytest.approx(RUNNER.bounce_m, abs=2e-3 if fps > 50 else 4e-3)
    assert result.measure("double_support") is None


def test_angles_at_events_and_over_the_cycle_are_those_of_the_walker():
    walker = Walker()
    result = analyse_gait(walker.motion(8, 240), RAW)
    assert value(result, "knee_flexion_contact") == pytest.approx(4, abs=1)
    assert value(result, "knee_flexion_mid_stance") == pytest.approx(
        walker.knee_deg(np.array([walker.contact_s / 2]))[0], abs=1
    )
    assert value(result, "knee_flexion_loading_peak") == pytest.approx(18, abs=1)
    assert value(result, "knee_flexion_toe_off") == pytest.approx(36, abs=1)
    assert value(result, "knee_flexion_peak") == pytest.approx(62, abs=1)
    assert value(result, "elbow_flexion_mean") == pytest.approx(60, abs=0.1)
    assert value(result, "trunk_lean_mean") == pytest.approx(5, abs=0.1)
    knee = next(cycle for cycle in result.cycles if cycle.key == "knee_flexion")
    true = walker.knee_deg(np.linspace(0, 1, 101)[:-1] * walker.stride_s)
    assert np.abs(np.array(knee.left.mean)[:-1] - true).max() < 3
    assert np.array(knee.left.sd).max() < 0.5
    assert knee.toe_off_percent == pytest.approx({"left": 62, "right": 62}, abs=0.5)
    assert {cycle.key for cycle in result.cycles} >= {
        "hip_flexion",
        "ankle_dorsiflexion",
        "elbow_flexion",
        "trunk_lean",
    }


@few
@given(
    cadence=st.floats(80, 135),
    speed_m_s=st.floats(0.6, 1.8),
    asymmetry=st.floats(-0.1, 0.1),
    heading_deg=st.floats(-180, 180),
    treadmill=st.booleans(),
)
def test_any_walk_has_its_cadence_speed_and_asymmetry(cadence, speed_m_s, asymmetry, heading_deg, treadmill):
    walker = Walker(
        cadence=cadence,
        speed_m_s=speed_m_s,
        asymmetry=asymmetry,
        heading_deg=heading_deg,
        treadmill=treadmill,
        strike_deg=0,
    )
    result = analyse_gait(walker.motion(8, 60, 0.009), RAW)
    assert (result.kind, result.treadmill) == ("walk", treadmill)
    assert value(result, "cadence") == pytest.approx(cadence, rel=1e-3)
    assert value(result, "speed") == pytest.approx(speed_m_s, rel=1e-2)
    turned = (result.heading_deg - heading_deg + 180) % 360 - 180
    assert abs(turned) < 1
    times = result.measure("step_time")
    assert times.symmetry.index_percent == pytest.approx(-100 * asymmetry, abs=0.5)
    assert times.symmetry.right_to_left_percent == pytest.approx(
        100 * walker.step_s["right"] / walker.step_s["left"], abs=0.5
    )
    assert result.measure("step_length").symmetry.index_percent == pytest.approx(-100 * asymmetry, abs=1)


@few
@given(cadence=st.floats(145, 190), speed_m_s=st.floats(2.0, 4.5), duty=st.floats(0.28, 0.42), treadmill=st.booleans())
def test_any_run_has_its_cadence_of_both_feet(cadence, speed_m_s, duty, treadmill):
    runner = replace(RUNNER, cadence=cadence, speed_m_s=speed_m_s, duty=duty, treadmill=treadmill)
    result = analyse_gait(runner.motion(6, 60), RAW)
    assert (result.kind, result.treadmill) == ("run", treadmill)
    assert value(result, "cadence") == pytest.approx(cadence, rel=1e-3)
    assert value(result, "stride_rate") == pytest.approx(cadence / 2, rel=1e-3)


@pytest.mark.parametrize("walker", [Walker(strike_deg=0), RUNNER], ids=["walk", "run"])
@pytest.mark.parametrize("treadmill", [False, True])
def test_all_that_needs_no_place_in_the_room_is_had_without_it(walker, treadmill):
    whole = replace(walker, treadmill=treadmill).motion(8, 60)
    placed = analyse_gait(whole)
    about_root = analyse_gait(motion(whole.joints, whole.fps, skeleton=whole.skeleton))
    assert about_root.kind == placed.kind
    assert not about_root.treadmill
    assert [event.t_s for event in about_root.events] == pytest.approx([e.t_s for e in placed.events], abs=2e-3)
    assert value(about_root, "cadence") == pytest.approx(walker.cadence, rel=1e-3)
    assert value(about_root, "speed") == pytest.approx(walker.speed_m_s, rel=0.02)
    assert value(about_root, "step_length") == pytest.approx(walker.step_m["left"], rel=0.02)
    assert value(about_root, "step_width") == pytest.approx(walker.width_m, abs=3e-3)
    assert "standing foot" in " ".join(about_root.notes)


def test_a_trembling_distance_does_not_turn_lifted_strides():
    whole = Walker(strike_deg=0).motion(8, 30, model="causal-27")
    depth = 0.25 * np.random.default_rng(4).normal(size=len(whole)).cumsum() / 3 * [[0], [1], [0]]
    depth -= np.linspace(0, 1, len(whole)) * depth[:, -1:]
    result = analyse_gait(
        replace(whole, root_m=(whole.root_m + [0, 5, 0] + depth.T).astype(np.float32)), GaitOptions(offsets=False)
    )
    assert abs(result.heading_deg) < 8
    assert np.mean([stride.used for stride in result.strides]) > 0.9
    assert value(result, "cadence") == pytest.approx(110, rel=2e-3)
    assert value(result, "speed") == pytest.approx(1.3, rel=0.03)


def test_a_treadmill_is_recognised_and_its_speed_is_the_belts():
    result = analyse_gait(Walker(treadmill=True, strike_deg=0).motion(8, 60), RAW)
    assert result.treadmill
    assert result.speed_m_s == pytest.approx(1.3, abs=0.01)
    assert any("treadmill" in note for note in result.notes)


def test_the_mirrored_walk_has_its_sides_exchanged():
    whole = Walker(asymmetry=0.08).motion(6, 60)
    flipped = whole.joints[:, CANONICAL25.mirror] * np.float32([-1, 1, 1])
    other = motion(flipped, whole.fps, root_m=whole.root_m * [-1, 1, 1], skeleton=CANONICAL25)
    one, two = analyse_gait(whole), analyse_gait(other)
    for a, b in zip(one.measures, two.measures, strict=True):
        for here, there in ((a.left, b.right), (a.right, b.left), (a.both, b.both)):
            assert (here is None) == (there is None)
            if here is not None:
                assert here.mean == pytest.approx(there.mean, abs=2e-2 * max(1, abs(here.mean)) * 0.01 + 1e-3)


def test_turning_the_room_and_another_time_zero_change_nothing():
    whole = Walker(asymmetry=0.03).motion(5, 60)
    angle = 1.1
    turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    moved = motion(
        whole.joints @ turn.T,
        whole.fps,
        times_s=whole.times_s + 1000.5,
        root_m=whole.root_m @ turn.T + [3, -2, 0],
        skeleton=CANONICAL25,
    )
    one, two = analyse_gait(whole), analyse_gait(moved)
    assert [event.t_s + 1000.5 for event in one.events] == pytest.approx([event.t_s for event in two.events], abs=1e-4)
    for a, b in zip(one.measures, two.measures, strict=True):
        assert a.both.mean == pytest.approx(b.both.mean, rel=1e-3, abs=2e-3)


@few
@given(start=st.integers(0, 200), length=st.integers(90, 400))
def test_a_cut_invents_no_event(start, length):
    whole = Walker().motion(6, 120)
    cut = slice(start, start + length)
    part = motion(whole.joints[cut], 120.0, times_s=whole.times_s[cut], root_m=whole.root_m[cut], skeleton=CANONICAL25)
    true = {(e.side, e.kind): [] for e in analyse_gait(whole, RAW).events}
    walker = Walker()
    for side in SIDES:
        contacts = walker.contacts(side, 7.0)
        true[side, "contact"] = contacts
        true[side, "toe-off"] = np.concatenate([contacts[:1] - walker.stride_s, contacts]) + walker.contact_s
    for event in analyse_gait(part, RAW).events:
        assert np.abs(true[event.side, event.kind] - event.t_s).min() < 0.02


def test_a_hole_divides_the_strides():
    whole = Walker().motion(10, 60)
    joints = whole.joints.copy()
    joints[290:330] = np.nan
    result = analyse_gait(motion(joints, 60.0, root_m=whole.root_m, skeleton=CANONICAL25), RAW)
    assert value(result, "cadence") == pytest.approx(110, rel=2e-3)
    assert result.measure("cadence").both.n == len([stride for stride in result.strides if stride.used])
    assert not any(stride.contact_s < 290 / 60 and stride.next_contact_s > 330 / 60 for stride in result.strides)


def test_joints_without_feet_are_marked():
    result = analyse_gait(Walker().motion(8, 60, skeleton=H36M17), GaitOptions(offsets=False, origin="lifted"))
    assert {event.method for event in result.events} == {"zeni-ankle", "zeni-ankle-back"}
    assert all("ankle" in event.low for event in result.events)
    assert value(result, "cadence") == pytest.approx(110, rel=1e-3)
    assert "toe-off by the ankle" in result.measure("contact_time").low
    assert any(item.what == "Ankle dorsiflexion" and "heel" in item.why for item in result.not_measured)


def test_the_constant_offset_is_taken_out_and_named():
    whole = Walker().motion(6, 60)
    raw, corrected = analyse_gait(whole, RAW), analyse_gait(whole)
    by_event = {offset.event: offset for offset in corrected.offsets}
    assert raw.offsets == ()
    for kind, offset in by_event.items():
        a, b = ([e.t_s for e in result.events if e.kind == kind and 1 < e.t_s < 5] for result in (raw, corrected))
        assert [t - offset.bias_s for t in a] == pytest.approx(b, abs=1e-9)
    for event in corrected.events:
        assert event.interval_s == pytest.approx(0.5 / 60 + by_event[event.kind].residual_s)
        assert event.frame == pytest.approx(event.t_s * 60)


def test_runs_and_walks_at_the_limits_of_flight():
    for duty in (0.56, 0.6, 0.68):
        assert analyse_gait(Walker(duty=duty).motion(6, 60), RAW).kind == "walk"
    for duty in (0.25, 0.32, 0.4):
        assert analyse_gait(Walker(run=True, cadence=160, speed_m_s=3, duty=duty).motion(6, 60)).kind == "run"
    grounded = analyse_gait(Walker(run=True, speed_m_s=1.8, cadence=150, duty=0.56, rise_m=0.05).motion(6, 60))
    assert grounded.kind == "run without flight"
    assert any("without flight" in note for note in grounded.notes)


def test_the_foot_strike_is_told_at_60_frames_a_second_only():
    heel, flat, toe = (
        analyse_gait(replace(RUNNER, strike_deg=deg).motion(5, 120)).measure("foot_strike_angle").both.mean
        for deg in (20, 0, -15)
    )
    assert heel > 8
    assert -1.6 < flat < 8
    assert toe < -1.6
    slow = analyse_gait(RUNNER.motion(5, 30))
    assert slow.measure("foot_strike_angle") is None
    assert any(item.what == "Foot strike pattern" and "60 frames" in item.why for item in slow.not_measured)


def backwards(walker):
    whole = walker.motion(6, 60)
    return motion(whole.joints[::-1], 60.0, root_m=whole.root_m[::-1], skeleton=CANONICAL25)


@pytest.mark.parametrize(
    ("what", "word"),
    [
        (stander(), "Standing"),
        (Walker(speed_m_s=0.05).motion(6, 60), "stepping on the spot"),
        (Walker().motion(1.0, 60), "Too few steps"),
        (Walker().motion(0.3, 60), "half a second"),
        (backwards(Walker()), "backwards"),
        (backwards(Walker(treadmill=True)), "backwards"),
        (backwards(RUNNER), "backwards"),
    ],
    ids=[
        "standing",
        "on the spot",
        "one step",
        "a moment",
        "backwards",
        "backwards on a treadmill",
        "running backwards",
    ],
)
def test_what_is_no_gait_has_a_word_and_no_number(what, word):
    result = analyse_gait(what)
    assert result.kind == "none"
    assert word in result.why_none
    assert result.events == result.measures == result.cycles == result.strides == ()
    assert result.speed_m_s is None


def test_squats_are_no_steps():
    whole = stander(6.0)
    joints = whole.joints.copy()
    depth = 0.15 * (1 - np.cos(2 * np.pi * whole.times_s / 2))
    feet = [i for i, name in enumerate(CANONICAL25.joints) if name.endswith(("ankle", "heel", "toe"))]
    joints[:, feet] += np.stack([depth, 0 * depth, depth], 1)[:, None].astype(np.float32)
    result = analyse_gait(motion(joints, 60.0, root_m=whole.root_m, skeleton=CANONICAL25))
    assert result.kind == "none"
    assert "in turn" in result.why_none


def test_who_turns_all_the_time_is_told_so():
    result = analyse_gait(Walker(radius_m=2.0).motion(8, 60))
    assert result.kind == "none"
    assert "straight on" in result.why_none
    assert "× turns by more than 20°" in result.why_none
    assert result.measures == ()
    wide = analyse_gait(Walker(radius_m=12.0).motion(8, 60), RAW)
    assert value(wide, "cadence") == pytest.approx(110, rel=2e-3)


def test_several_people_and_parts_outside_the_picture_are_noted():
    whole = Walker().motion(5, 60)
    frames = len(whole)
    notes = FrameNotes(
        reason=("ok",) * frames,
        people=np.full(frames, 2, np.int16),
        height_px=np.full(frames, 300, np.float32),
        at_edge=np.where(np.arange(frames) < frames // 4, 5, 0).astype(np.int16),
    )
    result = analyse_gait(replace(whole, notes=notes, model="causal-27"))
    words = " ".join(result.notes)
    assert "Several people were in 100 % of the frames" in words
    assert "partly outside the picture in 25 %" in words


@pytest.mark.parametrize(
    ("heading_deg", "name", "low"),
    [(0, "side", False), (180, "side", False), (45, "oblique", False), (90, "back", True), (-90, "front", True)],
)
def test_the_view_of_the_camera_is_told_and_marks_events(heading_deg, name, low):
    whole = Walker(heading_deg=heading_deg, treadmill=True).motion(6, 60, model="causal-27")
    at = replace(whole, root_m=(whole.root_m * 0 + [0, 5, 0]).astype(np.float32))
    result = analyse_gait(at)
    assert result.view.name == name
    assert all((f"seen from the {name}" in event.low) == low for event in result.events)
    assert analyse_gait(replace(at, model="")).view is None


def test_a_method_can_be_chosen_and_must_fit():
    whole = Walker().motion(6, 120)
    chosen = analyse_gait(whole, GaitOptions(contact_method="zeni-ankle", toe_off_method="foot-rises", offsets=False))
    assert {event.method for event in chosen.events} == {"zeni-ankle", "foot-rises"}
    with pytest.raises(ValueError, match=r"does not find a contact; zeni-heel, .* do"):
        analyse_gait(whole, GaitOptions(contact_method="zeni-toe"))
    with pytest.raises(ValueError, match="needs the heel"):
        analyse_gait(Walker().motion(4, 60, skeleton=H36M17), GaitOptions(contact_method="zeni-heel"))
    about_root = motion(whole.joints, 120.0, skeleton=CANONICAL25)
    with pytest.raises(ValueError, match="place in the room"):
        analyse_gait(about_root, GaitOptions(contact_method="heel-stands"))


@pytest.mark.parametrize(
    "contact", ["zeni-heel", "zeni-ankle", "heel-lowest", "ankle-lowest", "foot-falls", "heel-stands"]
)
@pytest.mark.parametrize("toe_off", ["zeni-toe", "zeni-ankle-back", "foot-rises", "toe-leaves", "knee-straightest"])
def test_every_method_finds_the_steps_of_a_walk(contact, toe_off):
    walker = Walker()
    options = GaitOptions(contact_method=contact, toe_off_method=toe_off, offsets=False)
    result = analyse_gait(walker.motion(5, 120), options)
    assert value(result, "cadence") == pytest.approx(110, rel=2e-3)
    for kind, late in (("contact", 0), ("toe-off", walker.contact_s)):
        found = np.array([event.t_s for event in result.events if (event.kind, event.side) == (kind, "left")])
        away = found - walker.contacts("left", 6)[:, None] - late
        assert 4 <= len(found) <= 5
        assert np.abs(away).min(0).max() < 0.2


def test_a_change_of_pace_is_noted():
    slow, fast = Walker(cadence=80).motion(6, 60), Walker(cadence=135).motion(6, 60)
    joints = np.concatenate([slow.joints, fast.joints])
    root = np.concatenate([slow.root_m, fast.root_m + slow.root_m[-1] * [1, 1, 0] - fast.root_m[0] * [1, 1, 0]])
    result = analyse_gait(motion(joints, 60.0, root_m=root, skeleton=CANONICAL25))
    assert any("pace changes" in note for note in result.notes)
    assert not any("pace changes" in note for note in analyse_gait(slow).notes)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    fps=st.sampled_from([10.0, 24.0, 29.97, 60.0]),
    seconds=st.floats(0.2, 4),
    noise_m=st.sampled_from([0.0, 0.02, 0.3]),
    lost=st.floats(0, 0.6),
    placed=st.booleans(),
)
def test_whatever_the_joints_do_there_is_a_result(seed, fps, seconds, noise_m, lost, placed):
    random = np.random.default_rng(seed)
    whole = (RUNNER if seed % 2 else Walker()).motion(seconds, fps, random.uniform(0, 1))
    joints = whole.joints + random.normal(0, noise_m, whole.joints.shape)
    joints[random.random(joints.shape[:2]) < lost / 4] = np.nan
    joints[random.random(len(joints)) < lost] = np.nan
    keep = np.flatnonzero(random.random(len(joints)) >= lost / 3)
    keep = keep if len(keep) else np.array([0])
    result = analyse_gait(
        motion(
            joints[keep],
            fps,
            times_s=whole.times_s[keep],
            root_m=whole.root_m[keep] if placed else None,
            skeleton=CANONICAL25,
            model="causal-27" if seed % 3 else "",
        )
    )
    assert (result.kind == "none") == bool(result.why_none)
    assert all(np.isfinite(measure.both.mean) for measure in result.measures)


def test_noise_is_no_gait():
    random = np.random.default_rng(5)
    kinds = []
    for fps in (24.0, 30.0, 60.0) * 8:
        joints = random.normal(0, 0.5, (int(4 * fps), len(CANONICAL25), 3))
        result = analyse_gait(motion(joints, fps, skeleton=CANONICAL25))
        kinds.append(result.kind)
        assert result.measures == ()
    assert kinds.count("none") >= 20
