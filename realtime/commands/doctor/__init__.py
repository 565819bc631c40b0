"""`doctor`: checks the installation, the cameras, the models, the port and the disk, and suggests fixes.

Every check takes what it examines as arguments, so that tests can plant a fault.
"""
