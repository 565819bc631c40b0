"""Qualisys: files of markers as the motion of a runner, cameras with a place in the room, and calibrations."""
