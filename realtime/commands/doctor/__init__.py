"""`doctor`: checks installation, cameras, models, port and disk, and suggests fixes.

Every check takes what it examines as arguments, so that tests can plant a fault.
"""
