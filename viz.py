#!/usr/bin/env python
"""See the pose, live or from a finished joints.npy: realtime/commands/view.py."""

from realtime.__main__ import start

if __name__ == "__main__":
    start("view")
