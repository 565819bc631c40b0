"""Webcams: listing and opening them, with acapture or OpenCV."""
