"""Repetitions: how many, from when to when, which side, and of which exercise."""
