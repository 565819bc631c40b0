"""From what a detector found in a frame to the keypoints of the people who are followed."""
