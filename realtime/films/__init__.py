"""Films and pictures as files: mp4, gif, png."""
