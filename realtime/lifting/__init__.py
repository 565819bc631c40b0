"""2D to 3D: networks, their files, and the lifters that run them."""
