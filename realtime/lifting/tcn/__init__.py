"""The temporal convolution network: its geometry, in PyTorch, and frame by frame in NumPy."""
