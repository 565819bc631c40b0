"""Flags that several commands have in common and that are no settings of a run.

One name means the same everywhere: whoever adds a flag takes the row from here or from
`settings.FLAGS` where there is one of that name (tests/commands/test_vocabulary.py compares them).
"""

from __future__ import annotations

from pathlib import Path

from ..runtime.arguments import file_path, name_list, number, switch
from ..runtime.flags import Flag

FORCE = Flag("--force", switch, "", "replace earlier results", False)

# Of training, evaluation and export.
DATA = Flag("--data", file_path, "DIR", "folder of motion capture, see docs/training.md")
CACHE = Flag("--cache", file_path, "DIR", "cache of parsed motion", Path("out_files/cache"))
HOLD_OUT = Flag("--hold-out", name_list(), "A,B", "people to leave out of training")
SAMPLES = Flag("--samples", number(int, 1, 10**8), "N", "how many samples of held-out people are measured", 8192)
