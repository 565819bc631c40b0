from __future__ import annotations

import pytest

from realtime.errors import RecordError, UsageError
from realtime.formats.camera_file import measured_camera, read_camera, write_camera

CAMERA = measured_camera((612.4, 613.1), (321.0, 243.9), (640, 480), (-0.18, 0.05, 0.001, -0.0008, 0.0))
ABOUT = {"source": 'a "board"\\ in 雨 \x7f 😀.mp4', "views": 20, "reprojection_error_px": 0.21}


@pytest.mark.parametrize("suffix", ["toml", "json"])
def test_a_camera_is_read_as_it_was_written(tmp_path, suffix):
    path = tmp_path / "new" / f"camera.{suffix}"
    write_camera(path, CAMERA, ABOUT, replace=False)
    assert read_camera(path) == CAMERA
    with pytest.raises(RecordError, match="exists already"):
        write_camera(path, CAMERA, ABOUT, replace=False)
    write_camera(path, measured_camera((600, 600), (320, 240), (640, 480)), ABOUT, replace=True)
    assert read_camera(path).focal_xy_px == (600, 600)
    assert read_camera(path).distortion == ()
    assert [file.name for file in path.parent.iterdir()] == [path.name]


BODY = '"K": [[600, 0, 320], [0, 600, 240], [0, 0, 1]], "size_wh": [640, 480]'


@pytest.mark.parametrize("lens", ["[-0.2, 0.05, 0, 0]", "[[-0.2, 0.05, 0, 0, 0]]", "[-0.2, 0.05, 0, 0, 0, 0, 0, 0]"])
def test_distortion_is_read_as_opencv_returns_it(tmp_path, lens):
    path = tmp_path / "camera.json"
    path.write_text(f'{{{BODY}, "distortion": {lens}}}')
    assert read_camera(path).distortion[:4] == (-0.2, 0.05, 0, 0)


@pytest.mark.parametrize(
    ("lens", "message"),
    [
        ("[1, 2, 3]", "distortion is 4, 5 or 8 numbers"),
        ("[NaN, 0, 0, 0]", "distortion is 4, 5 or 8 numbers"),
        ("0.1", "distortion is 4, 5 or 8 numbers"),
        ('"none"', "is a list of numbers"),
        ("null", "is a list of numbers"),
        ('{"k1": 0.1}', "is a list of numbers"),
        ("[[1], [2, 3]]", "is a list of numbers"),
        ("[-3, 0, 0, 0]", "fold the picture over"),
    ],
)
def test_a_lens_that_cannot_be_is_told(tmp_path, lens, message):
    path = tmp_path / "camera.json"
    path.write_text(f'{{{BODY}, "distortion": {lens}}}')
    with pytest.raises(UsageError, match=message) as error:
        read_camera(path)
    assert str(path) in str(error.value)
