"""Quantities of gait: functions whose docstrings define them, and the table of all."""
