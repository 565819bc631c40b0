"""What can be switched on in the scene: trails, joint names and joint angles.

Each is an artist with `show(view)` and `apply_theme(theme)`, drawn by blitting like the body.
"""
