"""How exact the analysis of form is: real repetitions in sets, before virtual cameras, counted and judged."""
