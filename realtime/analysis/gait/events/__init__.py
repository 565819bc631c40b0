"""Contacts and toe-offs, walk or run, and strides."""
