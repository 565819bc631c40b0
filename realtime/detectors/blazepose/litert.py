"""A TensorFlow Lite network on the CPU, through LiteRT."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...pose import Array, Image
from ...runtime.hints import pip
from ...runtime.native_log import without_lines
from ...runtime.optional import library_errors, load, opencv
from .pruning import without_outputs

_LIBRARY = "'ai-edge-litert>=2.1'"  # as a shell takes it
_WHY = "finding people and their landmarks"
_INSTALL = f"{pip(_LIBRARY)}, or use --detector mediapipe or keypoint_rcnn"


def check_library() -> None:
    """Raise MissingLibrary, in one line, if LiteRT is not installed."""
    load("ai_edge_litert.interpreter", _WHY, _INSTALL)


class Network:
    """Takes one square picture; gives arrays that are found by their shapes.

    `content`: of a .tflite file; `threads`: how many cores one call may use; `unused`: shapes of
    outputs that nobody reads, which are then not computed.  Raises MissingLibrary without LiteRT.
    """

    def __init__(self, content: bytes, threads: int, unused: tuple[tuple[int, ...], ...] = ()) -> None:
        self._cv2 = opencv(_WHY)
        litert = load("ai_edge_litert.interpreter", _WHY, _INSTALL)
        content = without_outputs(content, unused) if unused else content
        starting = library_errors("ai_edge_litert", _WHY, _INSTALL)
        with without_lines("Created TensorFlow Lite XNNPACK delegate"), starting:
            self._interpreter: Any = litert.Interpreter(model_content=content, num_threads=threads)
            self._interpreter.allocate_tensors()
            self._interpreter.invoke()  # warm up: the first call is slow
        self._input = self._interpreter.get_input_details()[0]["index"]
        details = self._interpreter.get_output_details()
        self._outputs = {tuple(map(int, output["shape"])): output["index"] for output in details}

    def run(self, picture: Image, scale: float, offset: float = 0.0) -> None:
        """Compute for `picture` (S, S, 3) uint8 BGR, whose values are scaled and shifted."""
        values = self._interpreter.tensor(self._input)()[0]
        np.multiply(self._cv2.cvtColor(picture, self._cv2.COLOR_BGR2RGB), np.float32(scale), out=values)
        if offset:
            values += np.float32(offset)
        del values  # LiteRT refuses to run while somebody looks into its memory
        self._interpreter.invoke()

    def output(self, *shape: int) -> Array:
        """The newest output of this shape, as a copy."""
        copy: Array = self._interpreter.get_tensor(self._outputs[shape])
        return copy

    def gather(self, indices: Any, *shape: int) -> Array:
        """Single values of the output of this shape, by their flat indices: without copying the rest."""
        values: Array = self._interpreter.tensor(self._outputs[shape])().reshape(-1)[indices]
        return values
