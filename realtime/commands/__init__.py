"""The commands, one module each: parse the flags, build the objects, run."""
