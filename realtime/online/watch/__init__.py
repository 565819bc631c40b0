"""The stages of a live run under watch: what hangs, what fails, and the threads they run in."""
