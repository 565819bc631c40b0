from __future__ import annotations

from dataclasses import fields

import pytest

from realtime.errors import UsageError
from realtime.settings import Settings, parse_settings, settings_from


def test_defaults():
    settings = parse_settings([])
    assert settings == Settings()
    assert (settings.source, settings.window, settings.bind) == ("auto", 27, "tcp://127.0.0.1:5556")


def test_the_flags_of_the_readme():
    settings = parse_settings(
        "--window 9 --source 0 --detector blazepose --model x.bin --bind tcp://127.0.0.1:7000 --out there "
        "--capture opencv --size 1280x720 --fps 25 --fov 70 --camera-pitch -10 --smooth one-euro --realtime "
        "--max-frames 5 --device cpu".split()
    )
    assert (settings.window, settings.size, settings.fps, settings.fov) == (9, (1280, 720), 25.0, 70.0)
    assert (settings.camera_pitch, settings.smooth, settings.realtime) == (-10.0, "one-euro", True)
    assert parse_settings(["--every-frame"]).realtime is False
    assert parse_settings([]).realtime is None
    assert parse_settings(["--no-record"]).record is False
    assert (parse_settings(["--save-video"]).save_video, parse_settings([]).save_video) == (True, False)


def test_a_file_gives_settings_and_flags_win(tmp_path):
    path = tmp_path / "my.toml"
    path.write_text(
        'sinks = ["publish"]\nwindow = 81\ncamera-pitch = 12.5\nsmooth = "one-euro"\nrecord = false\nsize = "640x480"\n'
    )
    settings = parse_settings(["--config", str(path), "--window", "9"])
    assert (settings.window, settings.camera_pitch, settings.smooth) == (9, 12.5, "one-euro")
    assert (settings.record, settings.size, settings.sinks) == (False, (640, 480), ("publish",))


def test_the_camera_s_pitch_is_a_number_or_auto(tmp_path):
    path = tmp_path / "my.toml"
    path.write_text('camera-pitch = "auto"\n')
    for settings in (
        parse_settings(["--camera-pitch", "auto"]),
        parse_settings(["--config", str(path)]),
        settings_from(camera_pitch="auto"),
    ):
        assert (settings.camera_pitch, settings.pitch_deg) == ("auto", None)
    assert settings_from(camera_pitch=-3).pitch_deg == -3.0
    assert Settings().pitch_deg == 0.0


def test_the_names_for_no_work_in_a_file_too(tmp_path):
    path = tmp_path / "my.toml"
    path.write_text("every-frame = true\nno-record = true\n", encoding="utf-8-sig")  # as Windows' Notepad writes
    settings = parse_settings(["--config", str(path)])
    assert (settings.realtime, settings.record) == (False, False)


def test_a_missing_or_binary_file_is_told(tmp_path):
    with pytest.raises(UsageError, match="No such file"):
        parse_settings(["--config", str(tmp_path / "none.toml")])
    (tmp_path / "b.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="is not TOML"):
        parse_settings(["--config", str(tmp_path / "b.toml")])


def test_help_tells_every_flag_and_its_default(capsys):
    with pytest.raises(SystemExit) as leave:
        parse_settings(["--help"])
    assert leave.value.code == 0
    text = " ".join(capsys.readouterr().out.split())
    for default in ("auto", "27", "publish,record", "out_files", "1", "0", "60 is assumed", "4, or 20 with --person"):
        assert f"(default: {default})" in text
    for setting in fields(Settings):
        assert f"--{setting.name.replace('_', '-')} " in text


@pytest.mark.parametrize(("text", "person"), [("largest", "largest"), ("Center", "centre"), ("02", "2"), ("20", "20")])
def test_who_is_followed(text, person, tmp_path):
    assert parse_settings(["--person", text]).person == person
    config = tmp_path / "live.toml"
    config.write_text(f"person = {int(text) if text.isdecimal() else repr(text)}\n")
    assert parse_settings(["--config", str(config)]).person == person
