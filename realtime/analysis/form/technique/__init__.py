"""How a repetition is done: its measures, faults and score."""
