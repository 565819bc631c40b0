"""Frames to estimates: detector, tracker and one chain of stages for each person."""
