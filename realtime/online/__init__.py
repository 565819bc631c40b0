"""The live program: the loop, the sinks, and its account of how it goes."""
