"""How much memory a compressed file may ask for.

Deflate makes constant data a thousandfold smaller: a recording in which nobody was seen, the scores
of a file without scores, and zip bombs alike.  Real keypoints and motion shrink to a half.  So
the limit grows with what is compressed, and adds a free allowance for constant data, which
three hours at 120 frames a second of one person take.
"""

from __future__ import annotations

FREE_BYTES = 256 << 20
_RATIO = 50  # somebody is in view for a fiftieth of the recording


def most_bytes(compressed: int, free: int = FREE_BYTES) -> int:
    """The size up to which so many compressed bytes are decompressed."""
    return free + _RATIO * compressed
