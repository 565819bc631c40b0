"""Form: repetitions of an exercise, and how each of them is done."""
