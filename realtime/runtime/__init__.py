"""How our programs start, speak, write files and stop.  Imports nothing of ours but the words."""
