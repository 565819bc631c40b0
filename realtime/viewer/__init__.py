"""The window at the other end of the socket: matplotlib 3D, redrawn by blitting.

theme, limbs     colours; which joints are joined, by name
floor, feed      pure: where the ground is; what a stream of messages means for the eye
recording        a finished joints.npy, and the clock that plays it
body, ground     artists: what moves, what stays
scene, blit      the picture; how only its moving part is redrawn
screen, film     where pictures go: a window or memory; films
mp4, gif, files  the kinds of film; what goes wrong with files
live, replay     the two loops
"""
