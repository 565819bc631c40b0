"""Recording of poses to files: joints.npy, its times and its description."""
