"""Which of UI-PRMD's ten exercises a repetition is, told from a transformer's representation by a small head, which has
learned from the other nine people: `python -m benchmarks exercises --model dstformer-27.safetensors`.

The transformer has seen most of these people move, though no names of exercises; the two whom `train` holds out are
also counted apart.  Motion capture is taken from ../shared, where it is there, for it may not be in the project.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from realtime.errors import UsageError
from realtime.lifting.model_files import load_network
from realtime.training.evaluation.text_table import text_table
from realtime.training.exercise_head import Confusion, representations, told_without_the_person
from realtime.training.mocap.activities import activity_of
from realtime.training.mocap.corpora import load
from realtime.training.mocap.people import HELD_OUT

DATA = Path(__file__).parents[2] / "shared" / "data" / "mocap"
OPTIONS = {
    "model": "the transformer, as `train --architecture dstformer` writes it",
    "cache": "the folder of parsed motion capture",
}
_CORPUS = "ui-prmd"
_REPETITIONS = 4  # correct ones of each person and exercise


def main(model: str = "", cache: str = "out_files/cache") -> None:
    if not model:
        raise UsageError("benchmarks exercises --model FILE: none ships; `train --architecture dstformer` makes one")
    network = load_network(model)
    motions = load(DATA, Path(cache))
    few = [f"_e{number:02d}_correct" for number in range(1, 1 + _REPETITIONS)]
    chosen = (motions.corpus == _CORPUS) & np.array([clip.endswith(tuple(few)) for clip in motions.clip])
    repetitions = motions.select(chosen)
    names = np.array([activity_of(_CORPUS, clip) for clip in repetitions.clip])
    inputs = representations(network.net, network.card.feature_set, repetitions)
    print(f"{len(names)} repetitions of {len(set(repetitions.subject))} people, by {network.label}\n")
    told = told_without_the_person(inputs, names, repetitions.subject)
    table(Confusion.of(names, told))
    unseen = np.isin(repetitions.subject, HELD_OUT)
    people = ", ".join(sorted(set(repetitions.subject[unseen].tolist())))
    accuracy = Confusion.of(names[unseen], told[unseen]).accuracy
    print(f"{people}, whom the transformer never saw: {accuracy:.1%} of {unseen.sum()}")


def table(confusion: Confusion) -> None:
    """Rows are what was done, columns what it was taken for."""
    short = [f"{number}" for number in range(1, 1 + len(confusion.exercises))]
    rows = [
        [f"{number} {name}", *(str(count) if count else "·" for count in counts), f"{counts[i] / counts.sum():.0%}"]
        for i, (number, name, counts) in enumerate(zip(short, confusion.exercises, confusion.counts, strict=True))
    ]
    print(text_table(["done", *short, "right"], rows))
    print(f"\nright: {confusion.accuracy:.1%} of {confusion.counts.sum()}; by chance {1 / len(short):.0%}")
