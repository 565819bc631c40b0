"""2D → 3D by a network as an ONNX file, in ONNX Runtime on the CPU: no PyTorch needed.

The file and its model card are what `python -m realtime export` writes; docs/edge.md names
its inputs and outputs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..camera import Intrinsics
from ..errors import WeightsError
from ..pose import Array
from ..runtime import optional
from ..runtime.hints import install, pip
from ..runtime.onnx_files import refuse_external_data
from ..runtime.text import reason
from ..stages import Lifter
from ..window import PoseWindow
from .base import BaseLifter, StreamCursor
from .model_card import ModelCard, read_card
from .model_files import read_bytes

_QUIET = 3  # ONNX Runtime's level for errors


@dataclass(frozen=True, eq=False)
class OnnxNetwork:
    """A loaded file: `session` is ONNX Runtime's, `form` a name of export.forms.FORMS."""

    session: Any
    card: ModelCard
    label: str
    form: str


def load_onnx(path: str | Path, *, causal: bool = False) -> OnnxNetwork:
    """Read a network from .onnx, with its card beside it.  Raises WeightsError for whatever
    is wrong with the file, MissingLibrary without ONNX Runtime, UsageError where `causal`
    contradicts the card."""
    path = Path(path)
    data = read_bytes(path)
    digest = hashlib.sha256(data).hexdigest()
    card = read_card(path, digest, causal=causal)
    about = card.extra.get("onnx")
    form = str(about.get("form")) if isinstance(about, dict) else "unknown"
    if card.by_clips:
        raise WeightsError(f"{path} is of the form {form}, for other programs; give the network it was exported from")
    if form not in LIFTERS:
        raise WeightsError(f"{path} is of the form {form}, not {' or '.join(LIFTERS)}; export it again with --form")
    session = open_session(data, str(path))
    if not _fits(session, card, form):
        raise WeightsError(
            f"{path} does not have the inputs and outputs that its model card declares for the form {form}; "
            "export it again"
        )
    return OnnxNetwork(session, card, f"{card.name}@{digest[:8]}", form)


def _fits(session: Any, card: ModelCard, form: str) -> bool:
    given = {i.name: i.shape for i in session.get_inputs()}
    made = {o.name for o in session.get_outputs()}
    frames = 1 if form == "streaming" else card.config.receptive_field
    states = [name for name in given if name.startswith("state_")]
    wanted = {"rays", *states, *(["reset"] if form == "streaming" else [])}
    return (
        given.keys() == wanted
        and given["rays"] == [1, frames, len(card.keypoints), 2]
        and all(isinstance(n, int) for name in states for n in given[name])
        and {"joints", *(f"next_{name}" for name in states)} <= made
    )


def open_session(data: bytes, what: str) -> Any:
    """ONNX Runtime on one thread of the CPU.  `what` names the file in a WeightsError, raised for a
    network that is none or whose arrays are in other files."""
    runtime = optional.load("onnxruntime", f"running {what}", f"{pip('onnxruntime')}, or {install('onnx')}")
    runtime.disable_telemetry_events()  # on by default in some builds for Windows
    options = runtime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = _QUIET
    try:
        refuse_external_data(data, what)
        return runtime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    except WeightsError:
        raise
    except Exception as error:  # its faults have no common base, and broken files raise several
        raise WeightsError(f"{what} is not an ONNX network ({reason(error)}); export it again") from error


class OnnxStream:
    """The form `streaming` as an object that keeps the states."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self._states = {
            i.name: np.zeros(i.shape, np.float32) for i in session.get_inputs() if i.name.startswith("state_")
        }
        self._fresh = True

    def reset(self) -> None:
        """Forget the past: the next frame stands for all of it."""
        self._fresh = True

    def step(self, rays: Array) -> Array:
        """Rays (17, 2) of the newest frame → its joints (17, 3)."""
        feeds = {"rays": rays[None, None], "reset": np.array([self._fresh]), **self._states}
        joints, *states = self._session.run(["joints", *(f"next_{name}" for name in self._states)], feeds)
        self._states = dict(zip(self._states, states, strict=True))
        self._fresh = False
        newest: Array = joints[0, 0]
        return newest


class OnnxStreamingLifter(BaseLifter):
    """The form `streaming`: evaluates what is new in the window, as StreamingLifter does."""

    def __init__(self, network: OnnxNetwork, intrinsics: Intrinsics | None = None) -> None:
        super().__init__(network.card, network.label, intrinsics)
        self.window_length = self.config.receptive_field
        self._stream = OnnxStream(network.session)
        self._cursor = StreamCursor()

    def __call__(self, window: PoseWindow) -> Array:
        """Joints (J, 3) of the newest pose in the window; call once after each push."""
        new, anew = self._cursor(window)
        if anew:
            self._stream.reset()
        for rays in self._rays(window, new):
            joints = self._stream.step(rays)
        return joints


class OnnxWindowLifter(BaseLifter):
    """The form `window`: evaluates the whole window for every pose, as WindowedLifter does."""

    def __init__(self, network: OnnxNetwork, intrinsics: Intrinsics | None = None) -> None:
        super().__init__(network.card, network.label, intrinsics)
        self._session = network.session
        self.window_length = self.config.receptive_field - self.config.lookahead

    def __call__(self, window: PoseWindow) -> Array:
        """Joints (J, 3) of the newest pose in the window, which holds at least one."""
        have = min(window.have, self.window_length)
        around = ((self.window_length - have, self.config.lookahead), (0, 0), (0, 0))
        rays = np.pad(self._rays(window, have), around, mode="edge")
        (joints,) = self._session.run(["joints"], {"rays": rays[None]})
        newest: Array = joints[0, 0]
        return newest


LIFTERS: dict[str, Callable[[OnnxNetwork, Intrinsics | None], Lifter]] = {
    "streaming": OnnxStreamingLifter,
    "window": OnnxWindowLifter,
}
