"""Readers for untrusted files: bounded memory use, no code execution."""
