"""Accuracy of gait analysis: events, looped trials and joint angles against motion capture at its native rate."""
