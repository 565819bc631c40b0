"""The programs: parse, build, run.  One file a command."""
