"""Quantities of motion: gait, repetitions, form, from joints and their times.

`gait` is there (`gait/analyse.py` reads from top to bottom); repetitions and form are to come.  A measure is a
function of a `Motion3D` or of a stream of poses whose docstring defines it (from which event to which, unit, paper);
it imports the words of the package (pose, motion, kinematics, skeleton …) and the message, nothing else, and
commands hand in what pictures it needs.  tests/test_import_order.py holds this.
"""
