"""Training: motion capture → virtual cameras and simulated detector noise → a trained model."""
