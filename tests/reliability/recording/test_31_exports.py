"""An export whose program is killed leaves the old file, or none: never a part of one.

Each is killed before every operation on the file system that it makes (opening, linking, renaming, deleting; spread
over all where they are many), and by the system when it has written so many bytes, also where a library writes.
"""

from __future__ import annotations

import importlib.util
import json
import sys

import pytest
from support.recordings import child

from realtime.formats.writers import WRITERS

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks, and limits the size of files")

PROGRAM = """
    import json, os, sys
    from pathlib import Path
    from support.crashes import crashes
    here = Path(sys.argv[1])
    out = here / "out"
    sys.stdout = open(os.devnull, "w")
    {preparation}
    print(json.dumps(crashes({write}, out, {before})), file=sys.__stdout__)
"""

# What is run before, what writes, and the folder whose content is there when it begins.
COMMANDS = {
    "lift": (
        """
    from support.keypoint_files import keypoint_file, walk
    from realtime.commands.lift import main
    points = keypoint_file(here / "walk.npz", walk(12))
    words = [points, "--write", "npy,npz,json,csv,trc,mot,bvh,c3d", "--out"]
    main([*words, str(here / "warm")])
    """,
        "lambda: main([*words, str(out)])",
        "None",
    ),
    "lift again": (
        """
    from support.keypoint_files import keypoint_file, walk
    from realtime.commands.lift import main
    points = keypoint_file(here / "walk.npz", walk(12))
    words = [points, "--force", "--write", "npy,csv,bvh", "--out"]
    main([*words, str(out), "--height", "1.5"])
    out.rename(here / "before")
    """,
        "lambda: main([*words, str(out)])",
        'here / "before"',
    ),
    "lift to a film": (
        """
    from support.keypoint_files import keypoint_file, walk
    from realtime.commands.lift import main
    points = keypoint_file(here / "walk.npz", walk(5))
    main([points, "--write", "mp4", "--out", str(here / "warm")])
    """,
        'lambda: main([points, "--write", "mp4", "--out", str(out)])',
        "None",
    ),
    "gait": (
        """
    from support.example_motions import walk
    from realtime.formats.writers import WRITERS
    from realtime.commands.gait import main
    (motion,) = WRITERS["npz"](here / "walk", walk(240, 60.0))
    main([str(motion), "--out", str(here / "warm")])
    """,
        'lambda: main([str(motion), "--out", str(out)])',
        "None",
    ),
    "form": (
        """
    from dataclasses import replace
    from support.exercising import USUAL, Exerciser
    from realtime.formats.writers import WRITERS
    from realtime.commands.form import main
    squat = replace(USUAL["squat"], rest_s=0.5, down_s=1.0, pause_s=0.1, up_s=0.8)
    made = Exerciser("squat", (squat, squat), after_s=0.8).motion(5.0, model="m", facing_deg=60)
    (motion,) = WRITERS["npz"](here / "set", made)
    words = [str(motion), "--exercise", "squat", "--out"]
    main([*words, str(here / "warm")])
    """,
        "lambda: main([*words, str(out)])",
        "None",
    ),
    "export": (
        """
    from support.networks import save_small
    from realtime.commands.export import main
    model = save_small(here)
    main(["--model", str(model), "--out", str(here / "warm.onnx")])
    """,
        'lambda: main(["--model", str(model), "--out", str(out / "net.onnx")])',
        "None",
    ),
}


def crashed(tmp_path, preparation, write, before="None"):
    """How often it was killed, and what it left that is neither whole nor old."""
    code = PROGRAM.replace("{preparation}", preparation.strip()).replace("{write}", write).replace("{before}", before)
    with child(code, tmp_path) as process:
        said, _ = process.communicate(timeout=110)
    assert process.returncode == 0
    return json.loads(said)


FORMATS = """
    import json, os, sys
    from pathlib import Path
    from support.crashes import crashes
    from support.example_motions import walk
    from realtime.formats.writers import WRITERS
    out, motion = Path(sys.argv[1]), walk(20)
    print(json.dumps({name: crashes(lambda: WRITERS[name](out / "clip", motion), out) for name in sys.argv[2:]}))
"""


def test_every_format(tmp_path, figure):
    names = [name for name in WRITERS if name != "c3d" or importlib.util.find_spec("ezc3d")]
    with child(FORMATS, tmp_path / "out", *names) as process:
        said, _ = process.communicate(timeout=110)
    results = json.loads(said)
    assert {name: broken for name, (_, broken) in results.items()} == {name: [] for name in names}
    assert min(kills for kills, _ in results.values()) >= 8
    kills = sum(kills for kills, _ in results.values())
    figure(f"{', '.join(names)}: killed {kills} times, 0 files that are not whole")


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_a_command(name, tmp_path, figure):
    pytest.importorskip("ezc3d", reason="ezc3d is not installed")
    pytest.importorskip("onnx", reason="onnx is not installed")
    kills, broken = crashed(tmp_path, *COMMANDS[name])
    assert broken == []
    assert kills >= 8
    figure(f"{name}: killed {kills} times, 0 files that are neither whole nor those of before")
