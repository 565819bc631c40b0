"""Webcams: which there are, and how one is opened, by acapture or by OpenCV."""
