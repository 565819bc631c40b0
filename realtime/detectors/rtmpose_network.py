"""An RTMPose network as an ONNX file, in ONNX Runtime.

The layout is the one in which MMDeploy exports the networks of OpenMMLab's zoo
(pose-detection_simcc_onnxruntime_dynamic.py): one input (batch, 3, height, width), and the
outputs simcc_x (batch, keypoints, 2 width) and simcc_y (batch, keypoints, 2 height).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import UsageError, WeightsError
from ..pose import Array
from ..runtime.hints import install, pip
from ..runtime.onnx_files import refuse_external_data
from ..runtime.optional import load

_GPU, _CPU = "CUDAExecutionProvider", "CPUExecutionProvider"
_OUTPUTS = ("simcc_x", "simcc_y")
_TYPES: dict[str, type[np.generic]] = {"tensor(float)": np.float32, "tensor(float16)": np.float16}
_ADVICE = "take the end2end.onnx of an RTMPose from OpenMMLab's zoo"
_WANTED = (
    "an RTMPose network has one input (batch, 3, height, width) and the outputs simcc_x and simcc_y as MMDeploy "
    f"exports it; {_ADVICE}"
)
_ERRORS_ONLY = 3  # ONNX Runtime's log level
_LONGEST_REASON = 200  # characters of what it says in an error


@dataclass(frozen=True)
class _Input:
    """`batch` is None where the network takes any number of pictures at once; `size_wh`: px."""

    name: str
    dtype: type[np.generic]
    batch: int | None
    size_wh: tuple[int, int]


class RtmPoseNetwork:
    """Crops of people → the values of each keypoint's column and row.

    `size_wh`: of the input, px; `joints`: how many keypoints it finds; `bins_per_px`: how many
    values there are for a pixel.  Raises WeightsError for a file that is missing or has another
    layout, UsageError for `device` cuda without a GPU, MissingLibrary without ONNX Runtime.
    """

    def __init__(self, path: Path, device: str, threads: int) -> None:
        self._session = _open_session(path, device, threads)
        self._input = _input_of(self._session, path)
        self.size_wh = self._input.size_wh
        self.joints, self.bins_per_px = self._first_answer(path)

    def __call__(self, crops: Array) -> tuple[Array, Array]:
        """`crops` (N, 3, height, width) → simcc_x (N, K, columns) and simcc_y (N, K, rows), in one
        batch if the network takes any number of pictures at once."""
        step = self._input.batch or len(crops)
        parts = [self._run(crops[start : start + step]) for start in range(0, len(crops), step)]
        x, y = (np.concatenate(part) for part in zip(*parts, strict=True))
        return x, y

    def _run(self, crops: Array) -> list[Array]:
        count, batch = len(crops), self._input.batch
        if batch and count < batch:
            crops = np.pad(crops, ((0, batch - count), (0, 0), (0, 0), (0, 0)))
        answers = self._session.run(_OUTPUTS, {self._input.name: crops.astype(self._input.dtype, copy=False)})
        return [answer[:count].astype(np.float32, copy=False) for answer in answers]

    def _first_answer(self, path: Path) -> tuple[int, float]:
        """Number of keypoints and bins per px, from an answer: exported files often do not declare
        them.  It also warms up: the first call is slow."""
        width, height = self.size_wh
        try:
            x, y = self._run(np.zeros((1, 3, height, width), np.float32))
        except Exception as error:  # its faults have no common base
            raise WeightsError(f"{path} does not run ({_reason(error)}); {_ADVICE}") from error
        if x.ndim != 3 or y.ndim != 3 or x.shape[:2] != y.shape[:2] or x.shape[2] * height != y.shape[2] * width:
            found = f"answers with simcc_x {x.shape} and simcc_y {y.shape} for a picture of {width} x {height} px"
            raise WeightsError(f"{path} {found}; {_WANTED}")
        return x.shape[1], x.shape[2] / width


def _open_session(path: Path, device: str, threads: int) -> Any:
    runtime = load("onnxruntime", "the detector rtmpose", f"{pip('onnxruntime')}, or {install('onnx')}")
    if not path.is_file():
        raise WeightsError(f"there is no file {path}; {_ADVICE}")
    providers = _providers(runtime, device)
    runtime.disable_telemetry_events()  # on by default in some builds for Windows
    options = runtime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.log_severity_level = _ERRORS_ONLY
    try:
        data = path.read_bytes()
        refuse_external_data(data, str(path))
        session = runtime.InferenceSession(data, options, providers=providers)
    except WeightsError:
        raise
    except Exception as error:  # its faults have no common base
        raise WeightsError(f"{path}: ONNX Runtime cannot open it ({_reason(error)}); {_ADVICE}") from error
    if device == "cuda" and _GPU not in session.get_providers():  # it goes on without what it cannot load
        raise UsageError("--device cuda: ONNX Runtime cannot load CUDA and cuDNN; install them, or use --device cpu")
    return session


def _providers(runtime: Any, device: str) -> list[str]:
    """ONNX Runtime's names of what may compute, in order of preference."""
    if device == "cpu" or (device == "auto" and _GPU not in runtime.get_available_providers()):
        return [_CPU]
    if _GPU not in runtime.get_available_providers():
        raise UsageError(
            "--device cuda: this ONNX Runtime is for the CPU only; "
            f"{pip('onnxruntime-gpu')} in place of onnxruntime, or use --device cpu"
        )
    if hasattr(runtime, "preload_dlls"):  # since 1.21
        runtime.preload_dlls()  # CUDA and cuDNN from pip's packages are found only this way
    return [_GPU, _CPU]


def _input_of(session: Any, path: Path) -> _Input:
    given, made = session.get_inputs(), [output.name for output in session.get_outputs()]
    if len(given) == 1 and set(_OUTPUTS) <= set(made):
        name, shape, kind = given[0].name, given[0].shape, _TYPES.get(given[0].type)
        if kind and len(shape) == 4 and shape[1] == 3 and all(isinstance(side, int) for side in shape[2:]):
            return _Input(name, kind, shape[0] if isinstance(shape[0], int) else None, (shape[3], shape[2]))
    inputs = ", ".join(f"{one.name} {one.type} {one.shape}" for one in given) or "none"
    raise WeightsError(f"{path} has the inputs {inputs} and the outputs {', '.join(made)}; {_WANTED}")


def _reason(error: Exception) -> str:
    line = str(error).strip().partition("\n")[0]
    what = line.rpartition(" failed:")[2].strip() or line  # what precedes it is the path once more
    return what[:_LONGEST_REASON]
