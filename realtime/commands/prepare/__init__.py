"""`prepare`: motion capture and keypoints to the sets that networks are trained and measured on.

command    the arguments, and the table of sources
qualisys   Qualisys recordings of a runner, step by step what RunningPose's scripts did
sets       what can be written of these recordings
fit3d      Fit3D's folders, step by step what PerfectRep's scripts did
keypoints  the keypoints of several videos as one set
files      writes all files, or none
folders    puts several files and folders in place, or none
"""
