"""How far to trust the poses: what is seen in a frame, an account of many, and what follows from it."""
