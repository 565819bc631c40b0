"""Recordings to files: tasks, where their results go, and who does them."""
