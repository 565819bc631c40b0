"""Accuracy of a network on clips with exact ground truth and on held-out people."""
