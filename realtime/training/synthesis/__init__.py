"""Synthesis of training samples from motion: body augmentation, virtual cameras, detector noise."""
