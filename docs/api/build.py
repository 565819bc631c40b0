"""`make docs`: the API pages, from the docstrings, with pdoc.

The pages show the public names of `realtime` and the modules behind them.  Modules that import
PyTorch at once are left out, so that it takes no PyTorch, Detectron2, MediaPipe or OpenCV to make them.
"""

from __future__ import annotations

import inspect
import re
import sys
import warnings
from pathlib import Path

import pdoc

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
OUTPUT = ROOT / "build" / "api"
MODULES = (
    *("errors", "skeleton", "pose", "motion", "track", "window", "camera", "kinematics", "smoothing", "metrics"),
    *("stages", "settings", "sources", "detectors", "tracking", "lifting", "estimation", "formats", "wire"),
    *("recording", "online", "offline"),
)
LEFT_OUT = r"""!realtime\.(
    lifting\.(checkpoints|export|parsing|sequence|windowed|tcn\.network)
    |formats\.safe | wire\.fields | offline\.dask_workers
)"""
# What annotations look like is shortened: pdoc shows them with every module and check.
SHORTER = {
    r"numpy\.ndarray\[.*?numpy\.dtype\[([\w.]+(\[[\w.]+\])?)\]\]": r"NDArray[\1]",
    r"typing\.Annotated\[(.+?), Kind\(.*?\)\]": r"\1",
    r"\b(numpy|typing|pathlib)\.": "",
}
_long = inspect.formatannotation


def short(annotation: object, *_: object) -> str:
    """An annotation as people write it: `NDArray[float32]`, without its modules and checks."""
    text = _long(annotation)
    for pattern, replacement in SHORTER.items():
        text = re.sub(pattern, replacement, text)
    return text


def main() -> None:
    """Write the pages.  A module that cannot be imported ends it."""
    import realtime

    for name in realtime.__all__:
        getattr(realtime, name)  # they are loaded on demand, and pdoc shows what is there
    # Of excluded modules that cannot be imported, and of annotations of named tuples.
    warnings.filterwarnings("ignore", module="pdoc")
    inspect.formatannotation = pdoc.doc.formatannotation = short
    pdoc.render.configure(
        docformat="markdown",
        show_source=False,
        template_directory=HERE,
        footer_text=f"realtime-pose3d {realtime.__version__}",
    )
    modules = ["realtime", *(f"realtime.{name}" for name in MODULES)]
    pdoc.pdoc(*modules, re.sub(r"\s", "", LEFT_OUT), output_directory=OUTPUT)
    print(f"{OUTPUT.relative_to(ROOT) / 'index.html'}")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
