"""The native code that reads what comes from outside (files, cameras, the network), and its versions here.

docs/supply-chain.md says for each what keeps it from more than it needs to see.
"""

from __future__ import annotations

import ctypes
import re
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from ...runtime.hints import distribution
from .finding import GOOD, Finding
from .imports import is_installed
from .libraries import version

Version = Callable[[Any], str | None]  # from the imported module


@dataclass(frozen=True)
class Decoder:
    """`name`, a part of the library whose `module` is imported, reads `reads`; `told` asks for its version."""

    name: str
    module: str
    reads: str
    told: Version

    @property
    def library(self) -> str:
        """The module's top level."""
        return self.module.partition(".")[0]


def _of_pillow(feature: str) -> Version:
    return lambda features: features.version(feature)


def _of_opencv(line: str) -> Version:
    """The version in the line of OpenCV's build information that begins with `line`."""

    def told(cv2: Any) -> str | None:
        found = re.search(rf"^ *{line}:.*", cv2.getBuildInformation(), re.MULTILINE)
        return _number(found[0]) if found else None

    return told


def _of_bundled(file: str, function: str, *arguments: int | None) -> Version:
    """What a C function answers that is in a shared library which a wheel brings along."""

    def told(module: Any) -> str | None:
        for path in _bundled_files(module, file):
            ask = getattr(ctypes.CDLL(str(path)), function)
            ask.restype = ctypes.c_char_p
            return _number(ask(*arguments).decode())
        return None

    return told


def _number(text: str) -> str:
    """`1.1.1k` of `OpenSSL 1.1.1k  FIPS 25 Mar 2021`."""
    found = re.search(r"\d+(\.\d+)+\w*", text)
    return found[0] if found else text


def _bundled_files(module: Any, file: str) -> Iterator[Path]:
    """auditwheel, delocate and delvewheel put them into these folders."""
    package = Path(module.__file__).parent
    beside = f"{distribution(module.__name__).replace('-', '_')}.libs"
    for folder in (package.with_name(beside), package / ".dylibs"):
        yield from sorted(folder.glob(f"*{file}*"))


def _attribute(name: str) -> Version:
    return lambda module: str(getattr(module, name))


_PICTURES = "pictures"
_NOTHING = "nothing from outside"
DECODERS = (
    Decoder("FFmpeg", "av", "videos and network cameras", _attribute("ffmpeg_version_info")),
    Decoder("GnuTLS", "av", "https and rtsps cameras", _of_bundled("libgnutls", "gnutls_check_version", None)),
    Decoder("libjpeg-turbo", "PIL.features", _PICTURES, _of_pillow("libjpeg_turbo")),
    Decoder("zlib-ng", "PIL.features", "PNG and TIFF pictures", _of_pillow("zlib_ng")),
    Decoder("libtiff", "PIL.features", _PICTURES, _of_pillow("libtiff")),
    Decoder("libwebp", "PIL.features", _PICTURES, _of_pillow("webp")),
    Decoder("libavif", "PIL.features", _PICTURES, _of_pillow("avif")),
    Decoder("libheif", "pillow_heif", _PICTURES, lambda heif: heif.libheif_info()["libheif"]),
    Decoder("libde265", "pillow_heif", _PICTURES, _of_bundled("libde265", "de265_get_version")),
    Decoder("OpenJPEG", "cv2", "JPEG 2000 pictures", _of_opencv("JPEG 2000")),
    Decoder("libjpeg-turbo", "cv2", "pictures of webcams", _of_opencv("JPEG")),
    Decoder("libavcodec", "cv2", _NOTHING, _of_opencv("avcodec")),
    Decoder("OpenSSL", "cv2", _NOTHING, _of_bundled("libcrypto", "OpenSSL_version", 0)),
    Decoder("libzmq", "zmq", "the socket's connections", lambda zmq: zmq.zmq_version()),
    Decoder("libsodium", "zmq", "connections with a CURVE key", _of_bundled("libsodium", "sodium_version_string")),
    Decoder("expat", "pyexpat", "Qualisys calibrations", lambda p: p.EXPAT_VERSION.removeprefix("expat_")),
    Decoder("zlib", "zlib", "npz and gz files, networks in wheels", _attribute("ZLIB_RUNTIME_VERSION")),
    Decoder("safetensors", "safetensors", "networks", _attribute("__version__")),
    Decoder(
        "LiteRT", "ai_edge_litert", "BlazePose's networks, known by their hashes", lambda _: version("ai-edge-litert")
    ),
    Decoder("ONNX Runtime", "onnxruntime", "onnx networks", _attribute("__version__")),
    Decoder("PyTorch", "torch", "checkpoints, as data", _attribute("__version__")),
    Decoder("ezc3d", "ezc3d", _NOTHING, lambda _: version("ezc3d")),
)


def check_decoders(unusable: Collection[str]) -> Iterator[Finding]:
    """Every decoder that is installed, but those of libraries that cannot be imported."""
    for decoder in DECODERS:
        if decoder.library not in unusable and is_installed(decoder.library):
            yield Finding("decoder", GOOD, in_words(decoder))


def in_words(decoder: Decoder) -> str:
    """`FFmpeg 8.1.2 in av 18.1.0: videos and network cameras`."""
    number = version_of(decoder)
    return f"{decoder.name} {number or '(version not told)'} in {_package(decoder.library)}: {decoder.reads}"


@cache
def version_of(decoder: Decoder) -> str | None:
    """Of the decoder, where the library tells it or has it as a file beside it; else None."""
    with suppress(AttributeError, KeyError, OSError):  # of another release, or built for this machine
        return decoder.told(import_module(decoder.module))
    return None


def _package(library: str) -> str:
    if library in sys.stdlib_module_names:
        return f"Python {sys.version.split()[0]}"
    name = distribution(library)
    return f"{name} {version(name) or ''}".rstrip()
