"""A video side by side with its 3D reconstruction, as films and single images.

layout      pure: panel positions for a video of any aspect ratio
overlay     keypoints drawn on a frame
panels      one frame of the film
panel_film  frames into mp4, gif and png
"""
