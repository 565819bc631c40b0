"""Errors of several sets of poses on the same frames → tables grouped by clip, corpus, motion,
subject or joint."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...skeleton import LIMB_JOINTS
from .bootstrap import Array, Labels, Resampling, resample
from .tables import ALL, Row, Table

JOINT = "joint"


@dataclass(frozen=True, eq=False)
class Frames:
    """The frames of the errors: frame number `at` (n,) within the `clip` (n,); `block` is the
    block length for resampling, about a second of frames.  `groups` are labels (n,) to group
    by: {"corpus": …}."""

    clip: Labels
    at: NDArray[np.integer[Any]]
    block: int
    groups: Mapping[str, Labels] = field(default_factory=dict)

    @classmethod
    def joined(cls, parts: Sequence[Frames]) -> Frames:
        """The frames of several clips, concatenated, with the groupings of the first."""
        groups = {name: np.concatenate([part.groups[name] for part in parts]) for name in parts[0].groups}
        clip, at = (np.concatenate([getattr(part, name) for part in parts]) for name in ("clip", "at"))
        return cls(clip, at, max(part.block for part in parts), groups)


@dataclass(frozen=True, eq=False)
class Comparison:
    """`errors`: for each set of poses by name, every metric in mm (n, 12) of the limb joints,
    NaN where undefined.  `baseline` names the set that the others are compared with."""

    frames: Frames
    errors: Mapping[str, Mapping[str, Array]]
    baseline: str | None = None

    def table(self, title: str, by: str) -> Table:
        """A row for each group and set of poses; if there are several groups, also ALL of them
        together and a comparison of the sets."""
        groups = list(self._groups(by))
        rows = [row for group in groups for row in self._rows(*group)]
        everything = ALL, np.ones(len(self.frames.at), bool), slice(None)
        if len(groups) > 1:
            rows += self._rows(*everything)
        compared = len(groups) > 1 or len(self._networks) > 1
        summary = list(self._summary(*everything)) if compared else []
        return Table(title, by, rows, summary, self.baseline)

    @property
    def _networks(self) -> list[str]:
        return [name for name in self.errors if name != self.baseline]

    def _groups(self, by: str) -> Iterator[tuple[str, NDArray[np.bool_], int | slice]]:
        """Name, frames and joints of each group."""
        if by == JOINT:
            every = np.ones(len(self.frames.at), bool)
            yield from ((name.replace("_", " "), every, joint) for joint, name in enumerate(LIMB_JOINTS))
            return
        names = self.frames.groups[by]
        yield from ((str(name), names == name, slice(None)) for name in np.unique(names))

    def _rows(self, group: str, chosen: NDArray[np.bool_], joints: int | slice) -> Iterator[Row]:
        resampling = self._resampling(chosen)
        for poses in self.errors:
            yield self._row(group, poses, chosen, resampling, self._means(poses, chosen, joints, resampling))

    def _summary(self, group: str, chosen: NDArray[np.bool_], joints: int | slice) -> Iterator[Row]:
        """Percent below the baseline, and differences from the first network."""
        resampling = self._resampling(chosen)
        means = {poses: self._means(poses, chosen, joints, resampling) for poses in self.errors}
        first, *others = networks = self._networks
        for network in networks if self.baseline else ():
            below = {m: 100 * (1 - means[network][m] / base) for m, base in means[self.baseline or ""].items()}
            name = "% below" if not others else f"{network}, % below"
            yield self._row(group, name, chosen, resampling, below)
        for network in others:
            difference = {m: mean - means[first][m] for m, mean in means[network].items()}
            yield self._row(group, f"{network} - {first}", chosen, resampling, difference)

    def _resampling(self, chosen: NDArray[np.bool_]) -> Resampling:
        return resample(self.frames.clip[chosen], self.frames.at[chosen], self.frames.block)

    def _means(
        self, poses: str, chosen: NDArray[np.bool_], joints: int | slice, resampling: Resampling
    ) -> dict[str, Array]:
        """`Resampling.means` of every metric."""
        return {
            metric: resampling.means(errors[chosen][:, joints].reshape(int(chosen.sum()), -1).mean(1))
            for metric, errors in self.errors[poses].items()
        }

    def _row(
        self, group: str, poses: str, chosen: NDArray[np.bool_], resampling: Resampling, means: Mapping[str, Array]
    ) -> Row:
        scores = {metric: resampling.score(values) for metric, values in means.items()}
        return Row(group, poses, int(chosen.sum()), scores, resampling.label)
