"""From motion to samples: bodies, cameras and what detectors get wrong."""
