"""What a measure is worth in the score: a table."""

from __future__ import annotations

from dataclasses import dataclass

LEARNED = "ten people's correct and deliberately incorrect repetitions (UI-PRMD, Vakanski et al., Data 3(1), 2018)"
CHOSEN = "chosen, not learned: no repetitions of this exercise were at hand"


@dataclass(frozen=True)
class Scale:
    """A part of the score.

    | field | meaning |
    |---|---|
    | `full` | the value with all points: the median of correct repetitions |
    | `usual` | what nine of ten correct repetitions keep; what is beyond it by more than its error is a fault |
    | `none` | from where on there are no points: one of ten incorrect repetitions is beyond it |
    | `of` | points, those of an exercise sum up to 100 |
    | `both` | values beyond `full` to the other side lose points alike |
    """

    exercise: str
    key: str
    full: float
    usual: float
    none: float
    of: float
    both: bool = False
    source: str = LEARNED

    def share(self, value: float, full: float | None = None) -> float:
        """Of the points, 0..1; `full` stands for the own one, the others moved with it."""
        away = (value - (self.full if full is None else full)) / (self.none - self.full)
        return float(min(max(1 - (abs(away) if self.both else away), 0.0), 1.0))

    def beyond(self, value: float) -> float:
        """By how much a value is beyond `usual`, on the side of `none`; on both sides with `both`."""
        away, usual = value - self.full, abs(self.usual - self.full)
        sign = 1 if self.none > self.full else -1
        return (abs(away) if self.both else sign * away) - usual


# `python -m benchmarks form scales` prints the rows that are learned; here they are rounded.
SCALES = (
    Scale("squat", "depth", -2.6, 10.9, 24.8, 33),
    Scale("squat", "knee_separation", 124, 93, 57, 30),
    Scale("squat", "most_lean", 28, 44, 53, 17),
    Scale("squat", "most_sideways", 1.9, 2.7, 8.4, 20),
    Scale("lunge", "knee_flexion", 104, 97, 80, 24),
    Scale("lunge", "most_lean", 2.3, 7.5, 41, 40),
    Scale("lunge", "most_sideways", 2.6, 5.1, 17.7, 36),
    Scale("side-lunge", "reach", 36, 30, 17, 33),
    Scale("side-lunge", "depth", 22, 26, 30, 14),
    Scale("side-lunge", "most_lean", 34, 42, 64, 39, both=True),
    Scale("side-lunge", "most_sideways", 5.2, 9.5, 17.6, 14),
    Scale("sit-to-stand", "most_lean", 24, 36, 56, 36),
    Scale("sit-to-stand", "most_sideways", 1.4, 2.2, 13, 43),
    Scale("sit-to-stand", "knee_separation", 110, 99, 80, 21),
    Scale("deadlift", "sinks", 0, 2, 8, 30, source=CHOSEN),
    Scale("deadlift", "locked_hips", 10, 20, 45, 25, source=CHOSEN),
    Scale("deadlift", "locked_knees", 10, 20, 45, 25, source=CHOSEN),
    Scale("deadlift", "bar_tilt", 0, 5, 15, 20, both=True, source=CHOSEN),
    Scale("bench-press", "range_share", 100, 85, 50, 35, source=CHOSEN),
    Scale("bench-press", "locked_elbows", 10, 20, 45, 25, source=CHOSEN),
    Scale("bench-press", "sinks", 0, 2, 8, 20, source=CHOSEN),
    Scale("bench-press", "bar_tilt", 0, 5, 15, 20, both=True, source=CHOSEN),
    Scale("push-up", "range_share", 100, 85, 50, 35, source=CHOSEN),
    Scale("push-up", "body_line", 15, 25, 60, 35, source=CHOSEN),
    Scale("push-up", "locked_elbows", 10, 20, 45, 30, source=CHOSEN),
)


def scales_of(exercise: str, scales: tuple[Scale, ...] = SCALES) -> tuple[Scale, ...]:
    """The rows of an exercise."""
    return tuple(scale for scale in scales if scale.exercise == exercise)
