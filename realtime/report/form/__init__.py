"""The report of form: the page, and the same figures as csv and json."""
