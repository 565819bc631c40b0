"""Files from anywhere, read within bounds and without running anything in them."""
