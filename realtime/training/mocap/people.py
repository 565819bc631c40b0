"""Who moves in each file of the built-in corpora, and who is held out of training.

A split by person needs the same name for a person in every corpus.  CMU's database has been copied into
several of them: the trials of `train/jumping` in the expmap corpus are those of subject 13 in the DeepMimic
corpus, its `walking_1` is 02_01, `test/soccer` is 11_01, and so on; tests/training/mocap/test_people.py
finds such duplicates by the curves of knees and elbows.

The expmap corpus does not say who walks.  Its walks fall into two groups by their knee curves and trial
numbers, in which neighbours are all but identical; one half is taken for one person, who is held out.
"""

from __future__ import annotations

from pathlib import Path

# Excluded from training in every corpus.  Trial 3 of the Qualisys runner is held out as if it were
# somebody else's: the other two trials of the same woman are for training.
HELD_OUT = (
    *("uiprmd-s05", "uiprmd-s09", "cmu-03", "cmu-61", "cmu-13", "cmu-139"),
    *("cmu-09", "cmu-127", "cmu-expmap-walkers", "qualisys-1-trial3"),
)
# The held-out half of the expmap walks: all in test/, and of train/ these numbers.
_HELD_OUT_WALKS = {"walking": (3,), "walking_extra": (18, 22, 27, 28, 31, 32, 33, 34, 47, 48, 49, 51)}
_EXPMAP_PEOPLE = {
    "train/jumping": "cmu-13",
    "train/walking/walking_1.": "cmu-02",
    "test/jumping": "cmu-49",
    "test/running": "cmu-16",
    "test/walking": "cmu-expmap-walkers",
    **{
        f"train/{folder}/walking_{number}.": "cmu-expmap-walkers"
        for folder, numbers in _HELD_OUT_WALKS.items()
        for number in numbers
    },
}


def uiprmd_person(path: Path) -> str:
    """UI-PRMD: an archive for each person."""
    return f"uiprmd-{path.parent.stem}"


def cmu_person_of_file(path: Path) -> str:
    """CMU's files: <subject>_<trial>."""
    return f"cmu-{path.name.partition('_')[0]}"


def cmu_person_of_folder(path: Path) -> str:
    """The DeepMimic corpus: a folder for each subject."""
    return f"cmu-{path.parent.name}"


def bvh_person(path: Path) -> str:
    """The BVH corpus: the two halves of salsa are two dance partners, other subjects are inferred
    from the genre."""
    if path.parent.name != "salsa":
        return {"martial": "cmu-135", "indian": "cmu-94"}.get(path.parent.name, "cmu-unknown")
    return "cmu-60" if int(path.name.partition(".")[0]) <= 15 else "cmu-61"


def expmap_person(path: Path) -> str:
    """The expmap corpus: known from duplicates, otherwise one name for several people."""
    name = path.as_posix()
    return next((person for start, person in _EXPMAP_PEOPLE.items() if name.startswith(start)), "cmu-expmap")


def qualisys_person(path: Path) -> str:
    """The Qualisys runner."""
    return "qualisys-1-trial3" if path.name.startswith("Tindra3") else "qualisys-1"
