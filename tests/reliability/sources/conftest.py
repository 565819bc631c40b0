"""Cameras that can misbehave."""

from support.camera_fixtures import capture_threads, eventually, modal_camera, network_camera, webcam  # noqa: F401
