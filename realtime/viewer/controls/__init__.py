"""Mouse and keyboard of the windows.

keys       pure: the table of all keys
connect    what they do
help       the overlay that lists them
"""
