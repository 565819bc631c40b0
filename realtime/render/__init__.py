"""What a video shows beside what was made of it: films and single pictures.

layout      pure: where the panels are, for a video of any shape
overlay     keypoints drawn on a picture
panels      one picture of the film
film        pictures into mp4, gif and png
"""
