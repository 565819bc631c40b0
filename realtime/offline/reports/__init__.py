"""Recordings → reports: of gait, and of form."""
