"""BVH, a skeleton animation format of motion capture and Blender: rig, writer and reader."""
