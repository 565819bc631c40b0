"""Training: motion capture → virtual cameras and detector-like noise → a network that ships."""
