"""The form of a live stream: repetitions counted in digits that can be read across a room, phase, depth, faults."""
