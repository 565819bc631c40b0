"""What a container says of its film: which stream, when its frames are shown, and how a picture stands."""
