"""C3D, the binary motion-capture format of biomechanics laboratories."""
