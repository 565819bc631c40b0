"""Readers and writers of file formats; input files are treated as untrusted."""
