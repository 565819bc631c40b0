"""The gait of a live stream: cadence in words, and when each foot was on the ground."""
