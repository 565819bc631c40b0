"""The files of one training run, none of which takes the place of another run's."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import torch

from ..errors import PoseError, RecordError, UsageError, WeightsError
from ..lifting.model_card import ModelCard
from ..lifting.model_files import load_network, network_paths, save_network
from ..recording.folder_lock import FolderLock
from ..runtime.new_files import check_outputs, os_errors_as_record_error, refuse_existing, replacing
from ..runtime.text import reason
from .curve import Curve


class RunFiles:
    """The network `out` with its card, and in the folder `work`/<name of the network> the checkpoint
    and the learning curve.  The folder is locked from construction to `close`.

    Construction finds what is in the way before anything is computed: a network or a checkpoint of
    another run (which `force` replaces), a run that is using the folder, and what cannot be
    written.  With `resume`, `state` is the checkpoint, and the network that the same run has saved
    before may be replaced.  Raises RecordError, UsageError or WeightsError.
    """

    def __init__(self, out: Path, work: Path, *, resume: bool = False, force: bool = False) -> None:
        self.network = out.with_suffix("") if out.suffix == ".safetensors" else out
        self._folder = work / self.network.name
        self.state: dict[str, Any] = {}
        if not self.network.name or (self.network.is_dir() and self.network != self._folder):
            raise UsageError(f"--out {out} is a folder: give the name of a network in it, without suffix")
        if not resume:
            self._check_network(force)
        with ExitStack() as held:
            held.enter_context(closing(self._locked()))
            if resume:
                self.state = _read_checkpoint(self._checkpoint)
            elif not force:
                refuse_existing(
                    self._earlier, "--resume continues that run, --force starts anew, another --out keeps it"
                )
            self.run_id: str = self.state.get("run") or secrets.token_hex(8)
            self._replace = force or self._is_ours()
            if resume:
                self._check_network(self._replace, "it is not of the run that is continued: move it, or --force")
            self._held = held.pop_all()
        self.curve = Curve(self._folder / "curve.csv")

    @property
    def _checkpoint(self) -> Path:
        return self._folder / "checkpoint.pt"

    @property
    def _earlier(self) -> tuple[Path, Path]:
        """What an earlier run has left in the folder."""
        return self._checkpoint, self._folder / "curve.csv"

    def _check_network(self, replace: bool, advice: str = "give another --out, or --force") -> None:
        check_outputs(network_paths(self.network), advice, force=replace)

    def _locked(self) -> FolderLock:
        with os_errors_as_record_error(self._folder, "; give another --work"):
            self._folder.mkdir(parents=True, exist_ok=True)
        return FolderLock(self._folder, "--out or --work")

    def _is_ours(self) -> bool:
        """Whether this run has saved the network that is there: its card then names the run."""
        try:
            training = load_network(network_paths(self.network)[0]).card.extra.get("training")
        except PoseError:
            return False
        return isinstance(training, dict) and training.get("run") == self.run_id

    def close(self) -> None:
        """Release the folder; may be called twice."""
        self._held.close()

    def begin(self) -> None:
        """Delete what is left of the run that `force` replaces.  Called when everything is loaded."""
        if not self.state:
            for path in self._earlier:
                with os_errors_as_record_error(path):
                    path.unlink(missing_ok=True)

    def save_checkpoint(self, state: dict[str, Any]) -> None:
        """Write the state for a later `resume`, atomically.  Raises RecordError."""
        with (
            os_errors_as_record_error(self._checkpoint, also=(RuntimeError,)),  # which PyTorch raises for a full disk
            replacing(self._checkpoint) as (part,),
        ):
            torch.save({**state, "run": self.run_id}, part)

    def save_network(self, net: Any, card: ModelCard) -> Path:
        """Write the network and its card; the path of the network.  Where another program has taken
        its name during the training, or its disk is full, it goes into the folder of the checkpoint."""
        try:
            save_network(self.network, net, card, replace=self._replace)
        except RecordError as error:
            self.network = self._folder / self.network.name
            print(f"warning: {error}; the network goes to {self.network}.safetensors", file=sys.stderr)
            save_network(self.network, net, card, replace=True)
        self._replace = True  # from now on it is this run's
        return network_paths(self.network)[0]


@contextmanager
def reported() -> Iterator[None]:
    """A file that cannot be written is reported, and the training goes on."""
    try:
        yield
    except RecordError as error:
        print(f"warning: {error}", file=sys.stderr)


def _read_checkpoint(path: Path) -> dict[str, Any]:
    try:
        state: dict[str, Any] = torch.load(path, weights_only=True)
    except FileNotFoundError as error:
        raise UsageError(f"--resume: there is no checkpoint {path}; start without it") from error
    except Exception as error:  # torch.load can raise any exception on a damaged file
        raise WeightsError(f"the checkpoint {path} cannot be read ({reason(error)}); start without --resume") from error
    if not isinstance(state, dict):
        raise WeightsError(f"{path} is not a checkpoint of a training; start without --resume")
    return state
