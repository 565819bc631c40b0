"""What tests that open MediaPipe must not fail for."""

import pytest

# MediaPipe uses what protobuf 6 warns about, and as an error that warning comes up at random places.
IGNORED = pytest.mark.filterwarnings(r"ignore:label\(\) is deprecated:DeprecationWarning")
