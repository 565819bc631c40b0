"""BlazePose on LiteRT: `detector.py` is where to begin reading."""

KINDS = ("full", "heavy", "lite")  # of the landmark network
