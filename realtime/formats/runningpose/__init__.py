"""The files of RunningPose (Chalmers 2022, github.com/TIFX04-22-10/runningpose), written and read."""
