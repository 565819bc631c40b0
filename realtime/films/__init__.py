"""Film and image files: mp4, gif, png."""
