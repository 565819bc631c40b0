#!/usr/bin/env python
"""Real-time 3D human pose from one camera: realtime/commands/run.py."""

from realtime.__main__ import start

if __name__ == "__main__":
    start("run")
