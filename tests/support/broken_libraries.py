"""Libraries that are installed but broken: modules that raise when they are imported, as real ones do."""

import subprocess
from pathlib import Path

from support.processes import run_realtime

# What a broken library may raise, each as it was seen in one.
FAULTS = {
    "ImportError": "raise ImportError('libfoo.so.1: cannot open shared object file')",
    "ModuleNotFoundError": "import no_such_dependency",
    "AttributeError": "raise AttributeError(\"module 'numpy' has no attribute 'bool'\")",
    "TypeError": "raise TypeError('Descriptors cannot be created directly.\\nIf this call came from a _pb2.py file')",
    "OSError": "raise OSError('foo.dll is not a valid Win32 application')",
    "RuntimeError": "raise RuntimeError('module compiled against ABI version 0x1000009 but this version is 0x2000000')",
    "SystemError": "raise SystemError('initialization of _internal failed without raising an exception')",
    "ValueError": "raise ValueError('numpy.dtype size changed, may indicate binary incompatibility')",
    "KeyError": "raise KeyError('version')",
    "AssertionError": "assert False",
    "SyntaxError": "print 'a file for Python 2'",
    "noise": "import sys; print('a page\\n' * 30, file=sys.stderr); raise ImportError('numpy.core.multiarray failed')",
}
# A part of what is said of each.
CAUSES = {
    "ImportError": "libfoo.so.1: cannot open",
    "ModuleNotFoundError": "No module named 'no_such_dependency'",
    "AttributeError": "AttributeError: module 'numpy' has no attribute 'bool'",
    "TypeError": "TypeError: Descriptors cannot be created directly.",
    "OSError": "foo.dll is not a valid",
    "RuntimeError": "RuntimeError: module compiled against ABI version 0x1000009",
    "SystemError": "SystemError: initialization of _internal failed",
    "ValueError": "ValueError: numpy.dtype size changed",
    "KeyError": "KeyError: 'version'",
    "AssertionError": "AssertionError",
    "SyntaxError": "SyntaxError: Missing parentheses",
    "noise": "numpy.core.multiarray failed",
}


def plant(folder: Path, library: str, source: str) -> None:
    """A package of this name whose import runs `source`."""
    (folder / library).mkdir(parents=True)
    (folder / library / "__init__.py").write_text(source)


def command_with(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """`python -m realtime …` in `folder`, whose packages are found before those that are installed."""
    return run_realtime(*words, cwd=folder, first_on_path=(folder,))
