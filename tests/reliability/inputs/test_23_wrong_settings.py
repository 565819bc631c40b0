"""A wrong flag or configuration is refused in one line with its name and what it takes, and exit code 2.

More than the 30 that were asked for: each flag that has a range or a list of names, and files that are no TOML.
"""

from __future__ import annotations

import pytest
from support.processes import outcomes

from realtime.errors import UsageError
from realtime.settings import parse_settings

WRONG = """
--window 0|1
--window two|whole number
--window 1.5|whole number
--window nan|whole number
--window 9999999|6561
--size 1280|1280x720
--size 0x0|16
--size 1280x|1280x720
--size -1x5|expected one argument
--fps 0|1 to 1000
--fps fast|number
--fps inf|1 to 1000
--fov 0|1 to 170
--fov 171|1 to 170
--fov nan|1 to 170
--camera-pitch 91|-90 to 90
--camera-pitch up|a number from -90 to 90, or auto
--height 180|metres from 0.5 to 2.5, such as 1.80
--height 1,80|metres from 0.5 to 2.5
--delay -1|0 to 6560
--delay 0.1|whole number
--smooth strong|off, one-euro
--detector yolo|keypoint_rcnn
--capture v4l|acapture
--device tpu|cuda
--max-frames 0|1
--max-frames -3|1
--max-frames 1e3|whole number
--max-frames 1_000|whole number
--window ٥|whole number
--sinks publish,zmq|one or more of publish, record, video between commas
--sinks ,|one or more of
--rcnn-size 1|64
--rcnn-people 0|1
--rcnn-proposals 0|1
--person 0|largest, centre or a number from 1 to 20
--person 21|from 1 to 20
--person tallest|largest, centre
--person 00019999|from 1 to 20
--windw 9|did you mean --window?
--camera_pitch 3|did you mean --camera-pitch?
--smoothe|did you mean --smooth?
walk.mp4|unknown argument 'walk.mp4' (did you mean --source walk.mp4?)
--source|expected one argument
--out  |some text
--realtime=yes|ignored explicit argument
--bind|expected one argument
"""


CASES = WRONG.strip("\n").splitlines()


def read_case(case):
    """The flag, the words of the command line, and what the message has to say."""
    line, _, says = case.partition("|")
    flag, _, value = line.partition(" ")
    return flag, [flag, value] if value else [flag], says


@pytest.mark.parametrize("case", CASES)
def test_a_wrong_value_is_one_line_that_names_it(case):
    flag, words, says = read_case(case)
    with pytest.raises(UsageError) as error:
        parse_settings(words)
    text = str(error.value)
    assert says in text
    assert "\n" not in text
    assert flag.partition("=")[0] in text


FILES = [
    ("windw = 9", "there is no setting 'windw' (did you mean window?)"),
    ("zebra = 9", "there is no setting 'zebra'"),
    ("window = [9]", "window takes a whole number from 1 to 6561, not '[9]'"),
    ("window = 0", "from 1 to 6561, not '0'"),
    ('record = "perhaps"', "record takes true or false"),
    ('every-frame = "perhaps"', "every-frame takes true or false"),
    ("window = " + "9" * 5000, "is not TOML"),
    ("window = " + "[" * 5000, "is not TOML"),
    ("window = ", "is not TOML"),
    ("[run]\nwindow = 9", "there is no setting 'run'"),
    ("config = 'other.toml'", "there is no setting 'config'"),
]


@pytest.mark.parametrize(("text", "says"), FILES)
def test_a_wrong_file_is_one_line_that_names_it(tmp_path, text, says):
    path = tmp_path / "my.toml"
    path.write_text(text)
    with pytest.raises(UsageError) as error:
        parse_settings(["--config", str(path)])
    assert says in str(error.value)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


def test_the_program_ends_with_exit_code_2_and_one_line(tmp_path, figure):
    commands, expected = [], []
    for case in CASES:
        flag, words, says = read_case(case)
        commands.append(["run", *words])
        expected.append((flag.partition("=")[0], says))
    for number, (text, says) in enumerate(FILES):
        path = tmp_path / f"{number}.toml"
        path.write_text(text)
        commands.append(["run", "--config", path])
        expected.append((path.name, says))
    for (code, said, _), parts in zip(outcomes(commands), expected, strict=True):
        assert code == 2, said
        assert said.startswith("error: ")
        assert said.count("\n") == 1, said
        assert len(said.replace(str(tmp_path), "")) < 300
        assert all(part in said for part in parts), said
    figure(f"{len(CASES)} wrong flags and {len(FILES)} wrong files: one line with name and range, exit code 2")
