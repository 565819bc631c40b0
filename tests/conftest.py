"""Fixtures for all tests."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from threadpoolctl import threadpool_limits

# How long one example takes says more about the machine than about the code.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


def pytest_configure(config):
    """The workers of pytest-xdist share the cores: threads of NumPy and PyTorch that have none wait for it
    at full speed, and everything takes twice as long.  What the tests start does as they do."""
    if hasattr(config, "workerinput"):
        os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        threadpool_limits(1)


# Hints are what somebody types who has this Python's environment active, and has not come through make.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
os.environ.pop("MAKELEVEL", None)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(1)


def pytest_terminal_summary(terminalreporter):
    """Print the figures that the reliability checks have measured, in the order of their numbers."""
    reports = [report for outcome in ("passed", "failed") for report in terminalreporter.stats.get(outcome, [])]
    told = [text for report in reports for name, text in report.user_properties if name == "reliability"]
    if told:
        terminalreporter.section("reliability: what the checks measured")
    for text in sorted(told):
        terminalreporter.write_line(text)
