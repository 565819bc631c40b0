"""The camera's picture with the 2D keypoints, in a corner of the live view.

camera_view              the newest preview as what to draw, independent of matplotlib
picture, keypoint_lines  the two artists
inset                    both in the corner of a figure
"""
