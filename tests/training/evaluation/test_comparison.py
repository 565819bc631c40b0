"""Errors of several sets of poses in tables and pictures, by hand."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest
from PIL import Image

from realtime.errors import RecordError
from realtime.skeleton import LIMB_JOINTS
from realtime.training.evaluation.bootstrap import Score
from realtime.training.evaluation.comparison import Comparison, Frames
from realtime.training.evaluation.error_plot import draw, figure_of
from realtime.training.evaluation.tables import Row, Table
from realtime.training.mocap.activities import activity_of
from realtime.viewer.theme import THEMES

BASELINE = "theirs"


def frames(*lengths):
    """Clips a, b, … of so many frames, 10 a second."""
    clip = np.repeat([chr(ord("a") + i) for i in range(len(lengths))], lengths)
    return Frames(clip, np.concatenate([np.arange(n) for n in lengths]), 10, {"clip": clip})


def errors(of):
    """MPJPE as given for each frame (n,), all joints alike; MPJVE NaN for the first frame."""
    position = np.repeat(np.asarray(of, float)[:, None], len(LIMB_JOINTS), 1)
    velocity = position / 10
    velocity[0] = np.nan
    return {"MPJPE": position, "MPJVE": velocity}


def comparison():
    """a is 4 frames of 10 mm, b 12 frames of 20 mm; the baseline is twice, the second network
    half as bad."""
    ours = np.repeat([10.0, 20.0], [4, 12])
    named = {"ours": errors(ours), "second": errors(ours / 2), BASELINE: errors(2 * ours)}
    return Comparison(frames(4, 12), named, BASELINE)


def test_the_rows_by_hand():
    table = comparison().table("t", "clip")
    values = {(row.group, row.poses): row.scores["MPJPE"].value for row in table}
    assert values[("a", "ours")] == 10
    assert values[("b", BASELINE)] == 40
    assert values[("all", "ours")] == pytest.approx((4 * 10 + 12 * 20) / 16)
    assert values[("all", "ours, % below")] == pytest.approx(50)
    assert values[("all", "second, % below")] == pytest.approx(75)
    assert values[("all", "second - ours")] == pytest.approx(-8.75)
    assert [row.frames for row in table.rows] == [4] * 3 + [12] * 3 + [16] * 3
    # The first frame has no velocity.
    assert table.rows[0].scores["MPJVE"].value == pytest.approx(1.0)


def test_rows_by_joint_are_those_of_each():
    ours = errors(np.full(60, 5.0))
    ours["MPJPE"][:, LIMB_JOINTS.index("left_wrist")] = 17
    table = Comparison(frames(60), {"ours": ours}).table("t", "joint")
    values = {row.group: row.scores["MPJPE"].value for row in table}
    assert values["left wrist"] == 17
    assert values["right hip"] == 5
    assert values["all"] == pytest.approx(6)
    assert len(values) == 13


def test_one_clip_and_one_network_have_no_line_for_all():
    table = Comparison(frames(4), {"ours": errors(np.ones(4))}).table("t", "clip")
    assert [(row.group, row.poses) for row in table] == [("a", "ours")]


def test_the_interval_is_of_clips_where_there_are_five(rng):
    lengths = (30,) * 6
    named = {"ours": errors(50 + np.repeat(rng.normal(size=6), 30))}
    table = Comparison(frames(*lengths), named).table("t", "clip")
    assert {row.resampled for row in table.rows[:6]} == {"3 blocks"}
    assert np.isnan(table.rows[0].scores["MPJPE"].low)
    everything = table.rows[-1]
    assert everything.resampled == "6 clips"
    value, low, high = everything.scores["MPJPE"]
    assert low < value < high


def table():
    scores = {"MPJPE": Score(12.345, 10.0, 15.0), "MPJVE": Score(-0.01, float("nan"), float("nan"))}
    rows = [Row("left_arm", "ours", 9, scores, "6 clips"), Row("all", "ours", 9, scores, "6 clips")]
    return Table("Title", "clip", rows, [])


def test_the_text_is_aligned():
    assert table().text().splitlines() == [
        "clip      poses  MPJPE  MPJVE",
        "left_arm  ours    12.3    0.0",
        "all       ours    12.3    0.0",
    ]
    assert table().text(intervals=True).splitlines()[1] == "left_arm  ours        9  12.3 [10.0, 15.0]    0.0"


def test_csv_and_json_carry_the_same(tmp_path):
    table().write_json(tmp_path / "new" / "t.json")
    table().write_csv(tmp_path / "t.csv")
    first = json.loads((tmp_path / "new" / "t.json").read_text())[0]
    assert first == {
        "clip": "left_arm",
        "poses": "ours",
        "frames": 9,
        "resampled": "6 clips",
        "MPJPE": 12.345,
        "MPJPE_low": 10.0,
        "MPJPE_high": 15.0,
        "MPJVE": -0.01,
        "MPJVE_low": None,
        "MPJVE_high": None,
    }
    with (tmp_path / "t.csv").open() as file:
        assert next(csv.DictReader(file)) == {k: "" if v is None else str(v) for k, v in first.items()}
    with pytest.raises(RecordError, match="not overwritten"):
        table().write_csv(tmp_path / "t.csv")


def test_the_plot_is_a_picture_of_the_rows(tmp_path):
    shown = comparison().table("t", "clip")
    draw(shown, tmp_path / "p.png")
    data = (tmp_path / "p.png").read_bytes()
    with Image.open(io.BytesIO(data)) as picture:
        picture.load()
        assert picture.format == "PNG"
        assert min(picture.size) > 300
        colours = {f"#{r:02x}{g:02x}{b:02x}" for _, (r, g, b, *_) in picture.convert("RGB").getcolors(1 << 24)}
    assert {THEMES["light"].left, THEMES["light"].right, THEMES["light"].background} <= colours
    figure = figure_of(shown)
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["MPJPE", "MPJVE"]
    dots = {line.get_label(): list(line.get_xdata()) for line in figure.axes[0].get_lines()}
    assert dots["ours"] == pytest.approx([10, 20, 17.5])
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["ours", "second", BASELINE]
    with pytest.raises(RecordError, match="not overwritten"):
        draw(shown, tmp_path / "p.png")


def test_names_are_never_parsed_as_formulas(tmp_path):
    score = Score(10.0, 9.0, 11.0)
    names = r"$\frac{$", "_骨\ud800"
    rows = [Row(group, poses, 5, {"MPJPE": score}, "1 clip") for group in names for poses in names]
    table = Table(r"$\frac{$ title", "group", rows, [])
    draw(table, tmp_path / "p.png")
    shown = [text.get_text() for text in figure_of(table).legends[0].get_texts()]
    assert shown == [r"$\frac{$", " _□?"]


@pytest.mark.parametrize(
    ("corpus", "clip", "kind"),
    [
        ("ui-prmd", "s05.npz/m01_e01_correct", "deep squat"),
        ("ui-prmd", "s05.npz/m10_e01_incorrect", "shoulder scaption"),
        ("cmu-bvh_papagina", "salsa/16.bvh.gz", "salsa"),
        ("cmu-expmap_chaneyddtt", "train/basketball_signal/a_1.txt.gz", "basketball signal"),
        ("cmu-amc_cyun9601", "03/03_02.amc.gz", "walk on uneven ground"),
        ("cmu-amc_cyun9601", "01/01_02.amc.gz", "01_02"),
        ("cmu-deepmimic_arpspoof-jump", "cmu10-14/13/13_40.txt", "high jump"),
        ("mine", "anna/rowing.bvh", "rowing"),
    ],
)
def test_kinds_of_motion(corpus, clip, kind):
    assert activity_of(corpus, clip) == kind
