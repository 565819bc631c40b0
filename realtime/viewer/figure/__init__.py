"""The figure that is drawn around 17 joints: a head and feet of plausible size.  NumPy only.

Both are drawn, not measured, and never published: the joints say where they are, the sizes are
an adult's.  No pose makes these functions raise; what cannot be told collapses into a joint.
"""
