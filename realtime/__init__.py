"""Real-time 3D human pose from one camera.  See docs/architecture.md."""

__version__ = "0.1.0"
