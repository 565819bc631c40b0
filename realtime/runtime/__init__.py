"""Process support: command lines, terminal output, file writing, signals, timing.  Of this package it
imports only `errors`."""
