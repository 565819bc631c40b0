"""Networks as files: safetensors with a model card, or checkpoints of VideoPose3D.

No file is trusted: nothing in it is run, and names, shapes and values are checked before
they are used.  Every fault is a WeightsError of one line.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.numpy

from ..errors import UsageError, WeightsError
from ..formats.safe.network_file import parse
from ..pose import Array
from ..runtime import optional
from ..runtime.hints import is_checkout, pip
from ..runtime.new_files import new_files, os_errors_as_record_error, replacing
from ..skeleton import RUNNER18
from .architectures import ARCHITECTURES, Config, Stream
from .model_card import ModelCard, read_card

_PACKAGE = Path(__file__).resolve().parents[1]
# In a checkout the project's model/; in an installed package the copy inside it.
MODEL_FOLDER = _PACKAGE.parent / "model" if is_checkout() else _PACKAGE / "model"

# 243 frames of 1024 channels are 68 MB, with an optimizer's state three times that.
_MAX_BYTES = 1 << 30
_LONGEST_NAME = 100
_DIGITS = 8  # of a SHA-256, enough to distinguish trainings
_CHECKPOINTS = (".bin", ".pt", ".pth")
_FILES = (".safetensors", ".onnx", *_CHECKPOINTS)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Network:
    """A network's arrays by name, its card, and the first 8 hex digits of its file's
    SHA-256, which distinguish trainings."""

    state: Mapping[str, Array]
    card: ModelCard
    digest: str

    @property
    def label(self) -> str:
        """Name and digest, as published."""
        return f"{self.card.name}@{self.digest}"

    @cached_property
    def net(self) -> Any:
        """The network in PyTorch, in evaluation mode.  Raises MissingLibrary."""
        optional.load("torch", f"evaluating {self.card.name} by whole windows", pip("torch"))
        return ARCHITECTURES[self.card.kind].build(self.card.config, self.state, self.card.mirrors)

    def stream(self) -> Stream | None:
        """A new streaming form of the network, None where its kind has none."""
        stream = ARCHITECTURES[self.card.kind].stream
        return stream(self.card.config, self.state, self.card.mirrors) if stream else None


def save_network(stem: str | Path, net: Any, card: ModelCard, *, replace: bool = False) -> None:
    """Write `stem`.safetensors and `stem`.json, each whole or not at all; `net.arrays()` gives the arrays.

    Raises RecordError if they cannot be written, or exist and `replace` is not given.
    """
    paths = network_paths(stem)
    weights = safetensors.numpy.save({name: np.ascontiguousarray(a) for name, a in net.arrays().items()})
    text = json.dumps({**card.to_json(), "sha256": hashlib.sha256(weights).hexdigest()}, indent=2)
    with os_errors_as_record_error(paths[0]):
        paths[0].parent.mkdir(parents=True, exist_ok=True)
        with replacing(*paths) if replace else new_files(*paths) as (network_part, card_part):
            network_part.write_bytes(weights)
            card_part.write_bytes(text.encode() + b"\n")


def network_paths(stem: str | Path) -> tuple[Path, Path]:
    """The files of the network `stem`: its weights and its card."""
    stem = Path(stem)
    return stem.with_name(f"{stem.name}.safetensors"), stem.with_name(f"{stem.name}.json")


def find_model(name: str, window: int, folder: Path = MODEL_FOLDER) -> Path:
    """The file of a model, given as a path or as a name in `folder`.

    A name stands for all networks `<name>-<window>`: the one with the largest window not
    above `window` is taken; a warning is logged where it is smaller.
    """
    path = fitting_model(name, window, folder)
    if (trained := re.fullmatch(re.escape(name) + r"-(\d+)", path.stem)) and int(trained[1]) != window:
        _log.warning("no %s network for a window of %d: taking the next smaller, %s", name, window, trained[1])
    return path


def fitting_model(name: str, window: int, folder: Path = MODEL_FOLDER) -> Path:
    """As `find_model`, without the warning."""
    if Path(name).suffix in _FILES:
        return Path(name)
    if os.sep in name or len(name) > _LONGEST_NAME:
        raise WeightsError(f"{name[:80]!r} is neither a model's name nor a {', '.join(_FILES)} file")
    if (exact := folder / f"{name}.safetensors").exists():
        return exact
    trained = trained_windows(name, folder)
    if not trained:
        have = sorted(p.stem for p in folder.glob("*.safetensors")) or ["none"]
        raise WeightsError(f"there is no model {name!r} in {folder}; there is: {', '.join(have)}")
    fitting = [n for n in trained if n <= window]
    if not fitting:
        raise WeightsError(f"the smallest window of model {name!r} is {trained[0]}; use --window {trained[0]}")
    return folder / f"{name}-{fitting[-1]}.safetensors"


def trained_windows(name: str, folder: Path = MODEL_FOLDER) -> list[int]:
    """Windows that there are networks `<name>-<window>` for, ascending."""
    pattern = re.compile(re.escape(name) + r"-(\d+)")
    found = (pattern.fullmatch(path.stem) for path in folder.glob("*.safetensors"))
    return sorted(int(match[1]) for match in found if match)


def load_network(path: str | Path, *, causal: bool = False) -> Network:
    """Read a network from .safetensors (with its card beside it) or from a checkpoint; for
    .onnx there is lifting.onnx.load_onnx.

    `causal`: a checkpoint without a card is causal; VideoPose3D's do not record it.  Raises
    WeightsError for whatever is wrong with the file, UsageError for an .onnx file and where
    `causal` contradicts the card.
    """
    path = Path(path)
    if path.suffix == ".onnx":
        raise UsageError(f"{path} is an ONNX export; give the network that it was exported from")
    data = read_bytes(path)
    digest = hashlib.sha256(data).hexdigest()
    if path.suffix == ".safetensors":
        card = read_card(path, digest, causal=causal)
        state = parse(path, lambda: _read_safetensors(path, data))
    else:
        optional.load("torch", f"reading {path.name}", f"{pip('torch')}, or take a .safetensors file")
        from .checkpoints import checkpoint_state, turned_to_camera_axes

        state = checkpoint_state(path, data)
        if path.with_suffix(".json").exists():
            card = read_card(path, digest, causal=causal)
        else:
            card = ModelCard.of_checkpoint(path, state, causal=causal)
            if card.joints is RUNNER18:  # the checkpoint of RunningPose, or one of its training
                state = turned_to_camera_axes(_checked(path, state, card.config))
    return Network(_checked(path, state, card.config), card, digest[:_DIGITS])


def _read_safetensors(path: Path, data: bytes) -> dict[str, Array]:
    try:
        return safetensors.numpy.load(data)
    except KeyError as error:  # the library's answer to numbers that NumPy has not
        raise WeightsError(f"{path} holds numbers of the kind {error.args[0]}; save it as float32") from error


def read_bytes(path: Path) -> bytes:
    """A network file's bytes.  Raises WeightsError for an empty file, a Git LFS pointer, a web page and the like."""
    try:
        size = path.stat().st_size
        if size > _MAX_BYTES:
            raise WeightsError(f"{path} has {size / 1e9:.1f} GB, too much for a network of this kind")
        data = path.read_bytes()
    except OSError as error:
        raise WeightsError(f"cannot read the network {path}: {error.strerror}") from error
    if not data:
        raise WeightsError(f"{path} is empty; download or copy it again")
    if data.startswith(b"version https://git-lfs"):
        raise WeightsError(f"{path} is a Git LFS pointer, not the file itself; run 'git lfs pull'")
    if data[:512].lstrip().lower().startswith((b"<!doctype", b"<html")):
        raise WeightsError(f"{path} is a web page, not a network; download the file itself")
    return data


def digest_of(path: Path) -> str:
    """The first 8 hex digits of a network file's SHA-256, as in its label.  Raises WeightsError."""
    return hashlib.sha256(read_bytes(path)).hexdigest()[:_DIGITS]


def _checked(path: Path, state: Mapping[str, Any], config: Config) -> dict[str, Array]:
    """The arrays of a network of this geometry, as float32."""
    shapes = config.shapes()
    checked = {}
    for name, shape in shapes.items():
        value = state.get(name)
        if not isinstance(value, np.ndarray):
            raise WeightsError(f"{path} lacks {name!r}")
        if value.shape != shape:
            raise WeightsError(f"{path}: {name} is {value.shape}; in a network of this geometry it is {shape}")
        if value.dtype.kind != "f":
            raise WeightsError(f"{path}: {name} holds {value.dtype}, not floating-point numbers")
        with np.errstate(over="ignore"):
            checked[name] = value.astype(np.float32, copy=False)
        if not np.isfinite(checked[name]).all():
            raise WeightsError(f"{path}: {name} holds values that are not finite numbers")
        if name.endswith("running_var") and (checked[name] < 0).any():
            raise WeightsError(f"{path}: {name} holds a negative variance")
    # Batch-norm's counter of batches is not needed to run a network.
    unknown = [name for name in state if name not in shapes and not name.endswith("num_batches_tracked")]
    if unknown:
        raise WeightsError(f"{path} holds {unknown[0]!r}, which a network of this geometry does not have")
    return checked
