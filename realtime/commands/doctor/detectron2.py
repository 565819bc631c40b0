"""The doctor's checks of PyTorch and of Detectron2, which is built against it: docs/detectron2.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from importlib import metadata

from ...runtime.hints import page, pip
from ...runtime.optional import reinstall
from .finding import BAD, GOOD, NOTE, Finding
from .imports import examine, import_fault, is_installed
from .libraries import version

PAGE = page("docs/detectron2.md")
_OLDEST_SAFE = (2, 10)  # before, loading a checkpoint could run code in it
_CUDA = (
    "f'CUDA GPU: {module.cuda.get_device_name()}' if module.cuda.is_available() "
    "else f'built for CUDA {module.version.cuda}, but sees no GPU' if module.version.cuda else 'built without CUDA'"
)


def check_pytorch() -> Iterator[Finding]:
    """PyTorch, torchvision, setuptools and Detectron2, as far as they are installed."""
    torch = version("torch")
    yield check_torch(torch)
    wanted = is_installed("detectron2")
    yield from check_torchvision(torch, version("torchvision"), _torch_of_torchvision(), wanted)
    if wanted:
        yield from check_detectron2(version("setuptools"))


def check_torch(installed: str | None) -> Finding:
    """Whether PyTorch is recent enough and works, and whether it sees a GPU."""
    if installed is None:
        return Finding("torch", NOTE, "missing; live use needs it only for .bin and .pt models", pip("torch"))
    if tuple(int(n) for n in re.findall(r"\d+", installed)[:2]) < _OLDEST_SAFE:
        detail = f"{installed}: loading a checkpoint could run code in it"
        return Finding("torch", BAD, detail, pip("'torch>=2.10'"))
    fault, gpu = examine("torch", _CUDA)
    if fault:
        return Finding("torch", BAD, f"{installed} cannot be imported ({fault})", reinstall(pip("torch")), "torch")
    return Finding("torch", GOOD, f"{installed}, {gpu}")


def check_torchvision(torch: str | None, vision: str | None, built_for: str | None, wanted: bool) -> Iterator[Finding]:
    """Whether torchvision belongs to this PyTorch: each release is compiled for one.

    The versions that are installed, the PyTorch that torchvision declares, and whether Detectron2,
    which needs torchvision, is installed."""
    together = f"install both together, as pytorch.org says: {pip('torch torchvision')} ({PAGE})"
    if vision is None:
        if wanted:
            yield Finding("torchvision", BAD, "missing; Detectron2 needs it", together)
    elif torch is None:
        if wanted:
            yield Finding("torchvision", BAD, f"{vision}, without PyTorch", together)
    elif built_for and built_for != _release(torch):
        yield Finding(
            "torchvision", BAD, f"{vision} was built for torch {built_for}, but {torch} is installed", together
        )
    elif fault := import_fault("torchvision"):
        yield Finding("torchvision", BAD, f"{vision} cannot be imported ({fault}); torch is {torch}", together)
    else:
        yield Finding("torchvision", GOOD, vision)


def _release(torch: str) -> str:
    return torch.partition("+")[0]


def _torch_of_torchvision() -> str | None:
    with suppress(metadata.PackageNotFoundError):
        for line in metadata.requires("torchvision") or ():
            if found := re.match(r"torch\s*\(?==\s*([\d.]+)", line):
                return found[1]
    return None


def check_detectron2(setuptools: str | None) -> Iterator[Finding]:
    """Whether Detectron2 can be imported, and what it imports that setuptools 82 took away."""
    fault = import_fault("detectron2.model_zoo") or import_fault("detectron2.engine")
    if fault is None:
        yield Finding("detectron2", GOOD, version("detectron2") or "from its folder")
        return
    if not is_installed("pkg_resources"):
        detail = f"{setuptools or 'missing'}: pkg_resources, which Detectron2 imports, is in those before 82"
        yield Finding("setuptools", BAD, detail, pip("'setuptools<82'"))
    remedy = f"{PAGE}, or --detector blazepose"
    yield Finding("detectron2", BAD, f"cannot be imported ({fault})", remedy)
