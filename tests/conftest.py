"""Fixtures for all tests."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pytest

# Hints are what somebody types who has this Python's environment active, and has not come through make.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
os.environ.pop("MAKELEVEL", None)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(1)
