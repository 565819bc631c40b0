"""The report of a gait: the page, and the same figures as csv and json."""
