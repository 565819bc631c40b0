"""Import of motion-capture data into one canonical form: trajectories of 25 points per person."""
