"""Activity labels of motion-capture clips, from the metadata of their corpus."""

from __future__ import annotations

from pathlib import PurePath

# Vakanski et al., "A data set of human body movements for physical rehabilitation exercises",
# Data 3(1), 2018, table 1.
_EXERCISES = {
    "m01": "deep squat",
    "m02": "hurdle step",
    "m03": "inline lunge",
    "m04": "side lunge",
    "m05": "sit to stand",
    "m06": "leg raise",
    "m07": "shoulder abduction",
    "m08": "shoulder extension",
    "m09": "shoulder rotation",
    "m10": "shoulder scaption",
}
# Corpora whose folders are named after the activity.
_FOLDERS = ("cmu-bvh_papagina", "cmu-expmap_chaneyddtt")
# CMU trials by subject and number; verified on the motion itself.
_TRIALS = {
    "03": "walk on uneven ground",
    **dict.fromkeys(("13_11", "13_13", "13_19"), "forward jump"),
    **dict.fromkeys(("13_39", "13_40", "13_41", "13_42"), "high jump"),
    **dict.fromkeys(("139_16", "139_17"), "get up from the ground"),
}


def activity_of(corpus: str, clip: str) -> str:
    """The activity in a clip, such as an exercise or a dance; the clip's name if it is unknown."""
    path = PurePath(clip)
    name = path.name.partition(".")[0]
    if corpus == "ui-prmd":
        return _EXERCISES.get(name.partition("_")[0], name)
    if corpus in _FOLDERS and path.parent.name:
        return path.parent.name.replace("_", " ")
    if corpus.startswith("cmu-"):
        return _TRIALS.get(name, _TRIALS.get(name.partition("_")[0], name))
    return name
