"""The command lines of VideoPose3D, RunningPose and the Atlas port, as their documents print
them, carried out by this program's stages: see docs/legacy.md.

flags      which old flag means what here; light, read by run.py at every start
wanted     a command line → what is asked for
network    the network's file as an old command line names it
whole      a recording's joints in one evaluation, with the future where the network wants it
film       the film beside the input
program    the order of it all
"""
