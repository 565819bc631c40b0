"""Networks as ONNX graphs, for machines without PyTorch."""
