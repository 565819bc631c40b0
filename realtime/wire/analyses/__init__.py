"""What is computed from the poses and published beside them: a file for the messages of each analysis."""
