"""Calibration of a camera with a chessboard: views of it → focal length, centre and lens distortion."""
