"""BVH, the skeleton animation of Blender and motion capture: our rig, the writer, the reader."""
