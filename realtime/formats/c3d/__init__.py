"""C3D, the binary format of motion laboratories."""
