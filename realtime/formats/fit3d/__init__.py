"""Fit3D as it is published (Fieraru et al., "AIFit", CVPR 2021): joints, cameras, repetitions, and where they are."""
