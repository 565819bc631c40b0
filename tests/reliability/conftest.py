"""What the numbered checks of docs/reliability.md share: their figures, printed when all tests are done."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest


@pytest.fixture
def figure(request, record_property) -> Callable[[str], None]:
    """`figure("lost: 0 of 20 files")`: print this for the check of the test's own file, `test_07_….py`."""
    number = int(re.match(r"test_(\d+)_", request.path.name).group(1))

    def tell(text: str) -> None:
        record_property("reliability", f"{number:2d}  {text}")

    return tell
