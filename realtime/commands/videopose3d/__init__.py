"""The command lines of VideoPose3D, RunningPose and the Atlas port, as their documentation
prints them, run by this program's stages: see docs/videopose3d.md.

flags      every VideoPose3D flag and what it means here; run.py reads it at every start
request    a command line → a RenderRequest
network    opens the network file that a command line names
run        reads the keypoints, lifts them, writes the joints and the film
film       the film: the video beside the reconstruction
"""
