"""From the detections of a frame to the keypoints of the tracked people."""
