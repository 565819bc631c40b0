"""Somebody who squats by formula, as markers of UI-PRMD, and archives of such repetitions."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from realtime.training.mocap.joint_centres import PLUG_IN_GAIT

from .motion_capture import plug_in_gait_person

RATE_HZ = 100.0


def squat_markers(
    seconds: float = 2.0, drop_m: float = 0.4, place_m: tuple[float, float] = (0.0, 0.0), heading_deg: float = 0.0
) -> np.ndarray:
    """Markers (T, 39, 3): down and up again as a cosine, lowest in the middle, standing for 0.2 s at both ends."""
    still = round(0.2 * RATE_HZ)
    moving = round(seconds * RATE_HZ) - 2 * still
    down = np.concatenate([np.zeros(still), (1 - np.cos(2 * np.pi * np.arange(moving) / moving)) / 2, np.zeros(still)])
    person = np.stack([plug_in_gait_person()[name] for name in PLUG_IN_GAIT], 1)
    markers = np.repeat(person, len(down), 0)
    above = markers[..., 2] > 0.7
    knees = np.abs(markers[..., 2] - 0.5) < 0.05
    markers[..., 2] -= above * down[:, None] * drop_m
    markers[..., 0] += knees * down[:, None] * 0.5 * drop_m - above * down[:, None] * 0.1 * drop_m
    angle = np.radians(heading_deg)
    turn = np.array([[np.cos(angle), np.sin(angle), 0], [-np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    return markers @ turn + (*place_m, 0.0)


def stored(markers: np.ndarray) -> np.ndarray:
    """As archives have them: differences in tenths of a millimetre, (39, 3, T); lost markers are at the origin."""
    tenths = np.round(np.nan_to_num(markers) * 10000).astype(np.int64)
    return np.diff(tenths, axis=0, prepend=0).astype(np.uint16).view(np.int16).transpose(1, 2, 0)


def write_archive(folder: Path, person: str, repetitions: dict[str, np.ndarray]) -> None:
    """One person's repetitions, markers (T, 39, 3) by name, such as m01_e02_correct."""
    folder.mkdir(parents=True, exist_ok=True)
    np.savez(folder / f"{person}.npz", **{name: stored(markers) for name, markers in repetitions.items()})


def write_people(folder: Path, people: tuple[str, ...] = ("s05", "s09")) -> None:
    """People with three correct squats and three that are less deep."""
    for number, person in enumerate(people):
        write_archive(
            folder,
            person,
            {
                f"m01_e{row:02d}_{kind}": squat_markers(
                    2.0 + 0.2 * row, drop + 0.01 * row, (0.1 * row, 0.2 * number), 5.0 * row
                )
                for kind, drop in (("correct", 0.4), ("incorrect", 0.25))
                for row in range(3)
            },
        )
