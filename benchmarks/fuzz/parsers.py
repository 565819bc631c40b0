"""The readers of each parser: everything that a file, or a message, from outside goes through."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from . import marked, networks, recordings, texts
from .rule import Reader

_READERS: dict[str, Callable[[], Sequence[Reader]]] = {
    "message": recordings.messages,
    "npy": recordings.joints_npy,
    "npz": recordings.archives,
    "pickle": recordings.pickles,
    "weights": networks.weights,
    "onnx-file": networks.onnx,
    "bvh": marked.rigs,
    "trc": marked.trc,
    "mot": marked.mot,
    "csv": marked.csv,
    "c3d": marked.c3d,
    "json": marked.json_motion,
    "fit3d": marked.fit3d,
    "qualisys": marked.qualisys,
    "toml": texts.settings,
    "corpus": texts.corpus,
}


def readers_of(parser: str) -> Sequence[Reader]:
    """The readers of a parser."""
    return _READERS[parser]()
